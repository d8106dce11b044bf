using System.Diagnostics;
using IndustrialTwin.Testing;
using Xunit;
using static IndustrialTwin.Samples.LogDatabase;

namespace IndustrialTwin.Samples;

/// <summary>What the log does when its database does not do what it should: it refuses, says so, and comes back by itself.</summary>
public class FailureTests
{
    public static TheoryData<SampleLogEngine> Engines => LogDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_full_queue_refuses_by_the_name_of_its_limit_and_takes_writes_again(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var gate = new TaskCompletionSource();
        await using var store = new CountingStore(database.Options(options => (options.QueueEntriesMax, options.QueueBytesMax, options.GroupEntriesMax) = (8, 4_096, 1)));
        await using var log = store.Open();
        var fence = await log.ClaimAsync(Press, default);
        store.Gate = gate.Task;
        var held = log.AppendAsync(Entry(fence, 0), default).AsTask();
        var (waiting, refused) = (new List<Task<AppendReply>>(), new List<LogUnavailableException>());
        for (var i = 1; i <= 40; i++)
        {
            var append = AppendAsync(i);
            if (append.IsFaulted)
            {
                refused.Add(Assert.IsType<LogUnavailableException>(append.Exception.InnerException));
            }
            else
            {
                waiting.Add(append);
            }
        }

        Assert.InRange(waiting.Count, 7, 9); // The one held may still stand in the queue.
        Assert.All(refused, fault => Assert.False(fault.IsInDoubt));
        Assert.Contains("QueueEntriesMax = 8", refused[0].Message, StringComparison.Ordinal);
        var large = Entry(fence, 99, rows: 1_000);
        var bytes = await Assert.ThrowsAsync<LogUnavailableException>(async () => await log.AppendAsync(large, default));
        Assert.Contains("QueueBytesMax = 4096", bytes.Message, StringComparison.Ordinal);
        Assert.False(held.IsCompleted);

        gate.SetResult();
        Assert.All(await Task.WhenAll(waiting.Prepend(held)), reply => Assert.Equal(AppendOutcome.Committed, reply.Outcome));
        Assert.Equal(AppendOutcome.Committed, (await log.AppendAsync(Entry(fence, 98), default)).Outcome);
        Assert.Equal(waiting.Count + 2, (await ReadAsync(log)).Count); // And the held one, and the last one.

        async Task<AppendReply> AppendAsync(long sequence) => await log.AppendAsync(Entry(fence, sequence), default);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Who_gives_up_waiting_is_let_go_and_who_never_began_writes_nothing(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var gate = new TaskCompletionSource();
        await using var store = new CountingStore(database.Options());
        await using var log = store.Open();
        var fence = await log.ClaimAsync(Press, default);
        store.Gate = gate.Task;
        using var cancelled = new CancellationTokenSource();
        var given = log.AppendAsync(Entry(fence, 0), cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await log.AppendAsync(Entry(fence, 1), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await log.ClaimAsync(Press, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await log.ReadSamplesAsync(Press, new SampleQuery("force"), cancelled.Token));
        gate.SetResult();

        // The write that was on its way is committed all the same; writing it again finds it.
        Assert.Equal(AppendOutcome.AlreadyThere, (await log.AppendAsync(Entry(fence, 0), default)).Outcome);
        Assert.Equal([0L], (await ReadAsync(log)).Select(entry => entry.Sequence));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_closed_log_says_so(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        await log.DisposeAsync();
        var fault = await Assert.ThrowsAsync<LogUnavailableException>(async () => await log.AppendAsync(Entry(1, 0), default));
        Assert.Contains("closed", fault.Message, StringComparison.Ordinal);
        await log.DisposeAsync();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_write_that_the_database_refuses_does_not_take_the_others_with_it(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        await using (var store = new CountingStore(database.Options()))
        {
            await using var log = store.Open();
            await database.ExecuteAsync(engine == SampleLogEngine.Sqlite
                ? "CREATE TRIGGER no_thirteen BEFORE INSERT ON entry WHEN NEW.sequence = 13 BEGIN SELECT RAISE(ABORT, 'thirteen'); END"
                : "ALTER TABLE entry ADD CONSTRAINT no_thirteen CHECK (sequence <> 13)");
            var fence = await log.ClaimAsync(Press, default);
            var gate = new TaskCompletionSource();
            store.Gate = gate.Task;
            var appends = Enumerable.Range(0, 32).Select(i => log.AppendAsync(Entry(fence, i), default).AsTask()).ToList();
            gate.SetResult();
            var fault = await Assert.ThrowsAsync<InvalidDataException>(() => appends[13]);
            Assert.Contains($"{Press}: entry 13 of source 'plc'", fault.Message, StringComparison.Ordinal);
            Assert.All(appends.Where((_, i) => i != 13), append => Assert.Equal(AppendOutcome.Committed, append.GetAwaiter().GetResult().Outcome));
            Assert.True(log.Health.IsAvailable);
            Assert.Equal(31, (await log.ReadTotalsAsync(default)).Batches);
        }
    }

    [Fact]
    public async Task A_file_that_may_grow_no_more_refuses_and_loses_nothing()
    {
        await using var database = await CreateAsync(SampleLogEngine.Sqlite);
        var log = await database.OpenAsync(options => options.SqliteBytesMax = 1 << 20);
        var fence = await log.ClaimAsync(Press, default);
        var (acknowledged, sequence) = (new List<long>(), 0L);
        LogUnavailableException? fault = null;
        while (fault is null)
        {
            try
            {
                await log.AppendAsync(Entry(fence, sequence, rows: 2_000), default);
                acknowledged.Add(sequence++);
            }
            catch (LogUnavailableException full)
            {
                fault = full;
            }
        }

        Assert.Contains("full", fault.Message, StringComparison.Ordinal);
        Assert.Contains("full", log.Health.Detail, StringComparison.Ordinal);
        Assert.NotEmpty(acknowledged);
        Assert.Equal(acknowledged, (await ReadAsync(log)).Select(entry => entry.Sequence));

        // Room again, with nobody telling the log.
        await database.ExecuteAsync("DELETE FROM entry WHERE sequence < 10");
        await UntilAsync(() => log.Health.IsAvailable);
        Assert.Equal(AppendOutcome.Committed, (await log.AppendAsync(Entry(fence, sequence, rows: 2_000), default)).Outcome);
        Assert.Equal([.. acknowledged[10..], sequence], (await ReadAsync(log)).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_refuses_and_recovers()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("A privileged user may write any file, so it cannot be taken away from this test.");
            return;
        }

        await using var database = await CreateAsync(SampleLogEngine.Sqlite);
        var log = await database.OpenAsync();
        await log.DisposeAsync();
        File.SetUnixFileMode(database.SqlitePath, UnixFileMode.UserRead);
        await Assert.ThrowsAsync<LogUnavailableException>(() => database.OpenAsync());

        // The engine gives the files beside it the same rights, so all of them are given back.
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(database.SqlitePath)!))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Assert.Equal(1, await (await database.OpenAsync()).ClaimAsync(Press, default));
    }

    [Fact]
    public async Task A_database_that_cannot_be_opened_is_told_so()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new string('x', 8_192));
        SampleLogOptions[] options =
        [
            new() { SqlitePath = file },
            new() { SqlitePath = Path.Combine(file, "log.db") },
            new() { Engine = SampleLogEngine.Postgres, ConnectionString = "Host=127.0.0.1;Port=1;Username=x;Timeout=5" },
        ];
        foreach (var option in options)
        {
            var fault = await Assert.ThrowsAsync<LogUnavailableException>(() => SampleLogHosting.OpenAsync(option));
            Assert.Contains("could not be opened", fault.Message, StringComparison.Ordinal);
        }

        File.Delete(file);
    }

    [Fact]
    public async Task A_locked_file_refuses_and_recovers()
    {
        await using var database = await CreateAsync(SampleLogEngine.Sqlite);
        var log = await database.OpenAsync();
        var fence = await log.ClaimAsync(Press, default);
        await using var greedy = await database.ConnectAsync();
        await ExecuteAsync(greedy, "BEGIN IMMEDIATE");
        var append = log.AppendAsync(Entry(fence, 0), default).AsTask();
        await Task.Delay(300);
        Assert.False(append.IsCompleted);
        await ExecuteAsync(greedy, "ROLLBACK");
        Assert.Equal(AppendOutcome.Committed, (await append).Outcome);
    }

    [Fact]
    public async Task A_server_that_crashes_under_load_keeps_all_that_was_acknowledged()
    {
        await using var server = await PostgresServer.StartOrSkipAsync();
        var options = new SampleLogOptions { Engine = SampleLogEngine.Postgres, ConnectionString = await server.CreateDatabaseAsync(), CommitTimeout = TimeSpan.FromSeconds(5) };
        await using var log = (SampleLog)await SampleLogHosting.OpenAsync(options);
        var fence = await log.ClaimAsync(Press, default);
        using var stop = new CancellationTokenSource();
        var (acknowledged, refused) = (0L, 0L);
        var writing = Task.Run(async () =>
        {
            for (var sequence = 0L; !stop.IsCancellationRequested;)
            {
                try
                {
                    await log.AppendAsync(Entry(fence, sequence), default);
                    Interlocked.Exchange(ref acknowledged, ++sequence);
                }
                catch (LogUnavailableException fault)
                {
                    Assert.True(fault.IsInDoubt);
                    Interlocked.Increment(ref refused);
                }
            }
        });
        await UntilAsync(() => Interlocked.Read(ref acknowledged) > 20);
        await server.StopAsync();
        await UntilAsync(() => Interlocked.Read(ref refused) > 2);
        Assert.False(log.Health.IsAvailable);
        await Assert.ThrowsAsync<LogUnavailableException>(() => ReadAsync(log));
        var before = Interlocked.Read(ref acknowledged);
        await server.StartAsync();
        await UntilAsync(() => Interlocked.Read(ref acknowledged) > before + 20);
        await stop.CancelAsync();
        await writing;

        Assert.True(log.Health.IsAvailable);
        var count = Interlocked.Read(ref acknowledged);
        Assert.Equal(Enumerable.Range(0, (int)count).Select(i => (long)i), (await ReadAsync(log)).Select(entry => entry.Sequence));
        Assert.Equal(count, (await log.ReadTotalsAsync(default)).Batches);

        // With nobody writing the log still finds out.
        await server.StopAsync();
        await Assert.ThrowsAsync<LogUnavailableException>(async () => await log.AppendAsync(Entry(fence, count), default));
        await server.StartAsync();
        await UntilAsync(() => log.Health.IsAvailable);
        Assert.Equal(2, await log.ClaimAsync(Press, default));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var waited = Stopwatch.StartNew(); !condition(); await Task.Delay(20))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(40), "What was waited for did not come.");
        }
    }
}
