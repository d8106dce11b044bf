using IndustrialTwin.Machines;
using Xunit;
using static IndustrialTwin.Samples.LogDatabase;

namespace IndustrialTwin.Samples;

/// <summary>Claims of many machines at once, as when twins move to a silo together.</summary>
public class ClaimTests
{
    private const int Machines = 300;

    public static TheoryData<SampleLogEngine> Engines => LogDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Many_claims_at_once_give_each_machine_its_next_fence(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var (one, other) = (await database.OpenAsync(), await database.OpenAsync());
        var machines = Enumerable.Range(0, Machines).Select(n => MachineKey.Parse($"wuhan/line-1/press-{n}")).ToArray();

        // A third of them is known.
        Assert.All(await ClaimAsync(one, machines[..100]), fence => Assert.Equal(1, fence));
        var fences = await ClaimAsync(other, machines);
        Assert.Equal(machines.Select((_, n) => n < 100 ? 2L : 1L), fences);

        // All at once from both sides, and each machine twice: four more fences of each, none given out twice.
        var all = await Task.WhenAll(ClaimAsync(one, [.. machines, .. machines]), ClaimAsync(other, [.. machines, .. machines]));
        for (var n = 0; n < Machines; n++)
        {
            long[] got = [.. all.SelectMany(side => new[] { side[n], side[Machines + n] }).Order()];
            Assert.Equal(Enumerable.Range(1, 4).Select(more => fences[n] + more), got);
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task New_machines_claimed_from_two_sides_are_claimed_twice(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var (one, other) = (await database.OpenAsync(), await database.OpenAsync());
        var machines = Enumerable.Range(0, Machines).Select(n => MachineKey.Parse($"wuhan/line-2/press-{n}")).ToArray();
        var all = await Task.WhenAll(ClaimAsync(one, machines), ClaimAsync(other, [.. machines.Reverse()]));
        Assert.All(machines.Select((_, n) => (all[0][n], all[1][Machines - 1 - n])), pair => Assert.Equal(3, pair.Item1 + pair.Item2));
    }

    [Fact]
    public async Task A_claim_among_many_waits_for_what_is_being_committed_and_then_sees_it()
    {
        await using var database = await CreateAsync(SampleLogEngine.Postgres);
        var log = await database.OpenAsync();
        await ClaimAsync(log, [Press, Pump]);
        await using var earlier = await database.ConnectAsync();
        await ExecuteAsync(earlier, "BEGIN; SELECT 1 FROM machine WHERE key = 'wuhan/line-3/press-07' FOR SHARE");
        var claims = ClaimAsync(log, [Press, Pump, MachineKey.Parse("wuhan/line-3/press-08")]);
        await Task.Delay(200);
        Assert.False(claims.IsCompleted);
        await ExecuteAsync(earlier, "COMMIT");
        Assert.Equal((long[])[2, 2, 1], await claims);
    }

    [Fact]
    public async Task The_file_takes_in_what_the_write_ahead_log_has_while_commits_go_on()
    {
        await using var database = await CreateAsync(SampleLogEngine.Sqlite);
        var log = await database.OpenAsync();
        var fence = await log.ClaimAsync(Press, default);
        var before = new FileInfo(database.SqlitePath).Length;
        var committed = 0;
        for (var patience = 0; patience < 500 && new FileInfo(database.SqlitePath).Length <= before; patience++)
        {
            // Forty pages and more each time; a pass begins when four thousand were written.
            await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => log.AppendAsync(Entry(fence, committed++, rows: 250), default).AsTask()));
        }

        Assert.True(new FileInfo(database.SqlitePath).Length > before, $"the file stayed at {before} bytes after {committed} entries");
        Assert.Equal(committed, (await ReadAsync(log)).Count);
    }

    private static Task<long[]> ClaimAsync(SampleLog log, MachineKey[] machines) =>
        Task.WhenAll(machines.Select(machine => log.ClaimAsync(machine, default).AsTask()));
}
