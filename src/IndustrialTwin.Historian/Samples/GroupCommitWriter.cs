using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Samples;

/// <summary>
/// The one writer of a silo. While a group is being committed the next one gathers; nobody waits for a timer. A write is answered after
/// its commit or not at all; what could not be committed is refused, and the next group finds out whether the database is back.
/// </summary>
internal sealed partial class GroupCommitWriter : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly ILogStore _store;
    private readonly SampleLogOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly Channel<LogWrite> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly LogInstruments _instruments;
    private readonly Task _owner;
    private long _bytes;

    /// <param name="store">What it writes to.</param>
    /// <param name="options">Its limits.</param>
    /// <param name="logger">Where failures are written.</param>
    /// <param name="clock">Measures its waits.</param>
    /// <param name="scheduler">Where its loop runs; never a twin's, which it would stop.</param>
    public GroupCommitWriter(ILogStore store, SampleLogOptions options, ILogger logger, TimeProvider clock, TaskScheduler scheduler)
    {
        (_store, _options, _logger, _clock) = (store, options, logger, clock);
        _queue = Channel.CreateBounded<LogWrite>(new BoundedChannelOptions(options.QueueEntriesMax) { SingleReader = true });
        _instruments = new LogInstruments(store.System, () => _queue.Reader.Count);
        _owner = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
    }

    public LogHealth Health { get; private set; } = new(true, null);

    /// <summary>Queues a write.</summary>
    /// <exception cref="LogUnavailableException">The queue is full or the log is closed.</exception>
    public void Post(LogWrite write)
    {
        if (Interlocked.Add(ref _bytes, write.Bytes) > _options.QueueBytesMax)
        {
            Interlocked.Add(ref _bytes, -write.Bytes);
            throw Refused($"{nameof(SampleLogOptions.QueueBytesMax)} = {_options.QueueBytesMax}");
        }

        if (!_queue.Writer.TryWrite(write))
        {
            Interlocked.Add(ref _bytes, -write.Bytes);
            if (_queue.Reader.Completion.IsCompleted)
            {
                throw new LogUnavailableException("The durable log is closed.");
            }

            throw Refused($"{nameof(SampleLogOptions.QueueEntriesMax)} = {_options.QueueEntriesMax}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete())
        {
            return;
        }

        using (_clock.CreateTimer(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop, _options.CommitTimeout, Timeout.InfiniteTimeSpan))
        {
            await _owner;
        }

        while (_queue.Reader.TryRead(out var write))
        {
            write.Fail(new LogUnavailableException("The durable log was closed before the write was committed."));
        }

        _instruments.Dispose();
        _stop.Dispose();
    }

    private LogUnavailableException Refused(string limit)
    {
        _instruments.Refused();
        return new LogUnavailableException($"The durable log's queue is full ({limit}); nothing was taken, try again.");
    }

    private async Task RunAsync()
    {
        var group = new List<LogWrite>(_options.GroupEntriesMax);
        while (await WaitAsync())
        {
            while (group.Count < _options.GroupEntriesMax && _queue.Reader.TryRead(out var write))
            {
                group.Add(write);
            }

            if (!await CommitAsync(group) && !_stop.IsCancellationRequested)
            {
                await Task.Delay(RetryDelay, _clock);
            }

            group.Clear();
        }
    }

    /// <summary>Waits for writes. While the database is gone it waits for a moment only: nobody else may ask whether it is back.</summary>
    private async Task<bool> WaitAsync()
    {
        if (Health.IsAvailable)
        {
            return await _queue.Reader.WaitToReadAsync();
        }

        using var probe = new CancellationTokenSource(ProbeInterval, _clock);
        try
        {
            return await _queue.Reader.WaitToReadAsync(probe.Token);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>Commits a group, which is empty where it only asks whether the database is back; where one write spoils it, commits the others without it.</summary>
    private async Task<bool> CommitAsync(List<LogWrite> group)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var timeout = new CancellationTokenSource(_options.CommitTimeout, _clock);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, timeout.Token);
            await _store.CommitAsync(group, ended.Token);
        }
        catch (Exception fault)
        {
            if (!_store.IsUnavailable(fault))
            {
                return await WithoutSpoilerAsync(group, fault);
            }

            Health = new LogHealth(false, fault.Message);
            _instruments.Failed();
            if (group.Count > 0)
            {
                LogNotCommitted(group.Count, fault.Message);
            }

            End(group, write => write.Fail(new LogUnavailableException($"The durable log could not commit: {fault.Message}", fault) { IsInDoubt = true }));
            return false;
        }

        if (group.Count > 0)
        {
            _instruments.Committed(group.Count, Stopwatch.GetElapsedTime(started));
        }

        if (!Health.IsAvailable)
        {
            Health = new LogHealth(true, null);
            LogAvailable();
        }

        End(group, write => write.Complete());
        return true;
    }

    private async Task<bool> WithoutSpoilerAsync(List<LogWrite> group, Exception fault)
    {
        if (group.Count > 1)
        {
            var half = group.Count / 2;
            return await CommitAsync([.. group.Take(half)]) & await CommitAsync([.. group.Skip(half)]);
        }

        LogUnwritable(fault.Message);
        End(group, write => write.Fail(new InvalidDataException($"The durable log cannot hold {write.Name}: {fault.Message}", fault)));
        return true;
    }

    private void End(List<LogWrite> group, Action<LogWrite> end)
    {
        foreach (var write in group)
        {
            Interlocked.Add(ref _bytes, -write.Bytes);
            end(write);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The durable log refused {Writes} writes: {Reason}. They were not acknowledged; it tries again by itself.")]
    private partial void LogNotCommitted(int writes, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The durable log cannot hold a write, however often it is tried: {Reason}")]
    private partial void LogUnwritable(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The durable log takes writes again.")]
    private partial void LogAvailable();
}
