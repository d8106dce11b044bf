using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Samples;
using IndustrialTwin.Work;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Machines;

/// <summary>
/// Carries committed log entries to a twin, one after the other in the order of the log, and gets computed what they complete.
/// It runs only while there is something to do. What does not fit its memory it reads back from the log, which is also how a twin
/// catches up at activation.
/// </summary>
internal sealed partial class TwinPump(
    MachineKey machine,
    MachineTwin twin,
    long fence,
    ISampleLog log,
    MachineEventCodec events,
    ComputeGrid grid,
    MachineOptions options,
    TimeProvider clock,
    ILogger logger) : IDisposable
{
    private const int EntriesAtOnceMax = 64;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(5);

    private readonly Queue<TwinEntry> _pending = new(0);
    private readonly List<(long Position, TaskCompletionSource Applied)> _waiters = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _caughtUp = new(); // Set between steps only, on the thread of those who wait.
    private Task _running = Task.CompletedTask;
    private bool _behind;
    private bool _halted;
    private long _fed;
    private HashSet<long> _waitingPositions = [];
    private string? _traceParent;

    /// <summary>Called after each step, when the twin is consistent.</summary>
    public Func<Task> Stepped { get; init; } = () => Task.CompletedTask;

    /// <summary>Where long turns are noted.</summary>
    public required TurnLog Turns { get; init; }

    /// <summary>Called when this activation cannot go on: a later one owns the machine, or the twin is torn.</summary>
    public Action Lost { get; init; } = () => { };

    /// <summary>Position of the newest entry known to be committed.</summary>
    public long Newest { get; private set; }

    /// <summary>Position up to which every entry is applied and computed.</summary>
    public long Analysed { get; private set; }

    /// <summary>Ends when what the log held at the beginning is applied, or when it will not be.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Entries applied since the pump was made.</summary>
    public long Applied { get; private set; }

    public bool IsIdle => !_behind && _pending.Count == 0 && _running.IsCompleted;

    /// <summary>The accelerator that answered last.</summary>
    public string? Accelerator { get; private set; }

    /// <summary>Whether a step was cut off, so that the twin is not what its entries made of it.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>
    /// Whether the twin is what the entries up to <see cref="Analysed"/> made of it, neither less nor more. Only then may a checkpoint be
    /// taken: in the middle of a step it would have a replay apply entries twice.
    /// </summary>
    public bool IsWhole => !IsTorn && _fed == Analysed;

    /// <summary>Begins with reading what the log has after a checkpoint.</summary>
    public void CatchUp(MachineState checkpoint)
    {
        Analysed = Newest = checkpoint.AnalysedPosition;
        _waitingPositions = [.. checkpoint.WaitingPositions];
        _fed = _waitingPositions.Count > 0 ? checkpoint.WaitingPositions[0] - 1 : Analysed;
        _behind = true;
        Run();
    }

    /// <summary>Takes a committed entry.</summary>
    public void Add(TwinEntry entry)
    {
        if (_halted)
        {
            return;
        }

        Newest = Math.Max(Newest, entry.Position);
        if (!_behind && _pending.Count < options.PendingBatchesMax)
        {
            _pending.Enqueue(entry);
        }
        else
        {
            _behind = true;
        }

        Run();
    }

    /// <summary>Takes a committed entry and waits until the twin has applied it.</summary>
    public Task ApplyAsync(TwinEntry entry)
    {
        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add((entry.Position, applied));
        if (_halted)
        {
            Release();
        }

        Add(entry);
        return applied.Task;
    }

    /// <summary>
    /// Takes no more entries; the step in progress ends. For when this activation no longer knows what the log holds: it must not go
    /// past an entry that may yet turn out to be there.
    /// </summary>
    public void Halt()
    {
        _halted = true;
        _behind = false;
        _pending.Clear();
        _caughtUp.TrySetResult();
        Release();
    }

    /// <summary>Lets the step in progress end, at most so long.</summary>
    public async Task StopAsync(TimeSpan timeout)
    {
        Halt();
        using var late = clock.CreateTimer(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop, timeout, Timeout.InfiniteTimeSpan);
        await _running.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Stops at once: nothing that it has to write would be taken any more.</summary>
    public async Task AbandonAsync()
    {
        Halt();
        Cancel();
        await _running.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    /// <summary>What waits is let go here and now, on the twin's own thread.</summary>
    private void Cancel() => _stop.Cancel();

    /// <summary>Tells those who wait for a change that this activation will not apply it. It is in the log all the same.</summary>
    private void Release()
    {
        foreach (var (_, applied) in _waiters)
        {
            applied.TrySetException(new LogUnavailableException($"{machine}: the twin went to sleep before it applied the change; ask again."));
        }

        _waiters.Clear();
    }

    private void Run()
    {
        if (_running.IsCompleted && !_stop.IsCancellationRequested)
        {
            _running = RunAsync();
        }
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        var delay = RetryDelay;
        while ((_behind || _pending.Count > 0) && !_stop.IsCancellationRequested)
        {
            try
            {
                await StepAsync();
                delay = RetryDelay;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogStalled(machine, fault);
                if (IsTorn)
                {
                    Halt();
                    Lost(); // What the twin is now no log entry explains: the next activation builds it again from the log.
                    return;
                }

                await Task.Delay(delay, clock, _stop.Token);
                delay = delay * 2 < RetryDelayMax ? delay * 2 : RetryDelayMax;
            }
        }
    }

    private async Task StepAsync()
    {
        for (var taken = 0; taken < EntriesAtOnceMax && _pending.TryDequeue(out var entry); taken++)
        {
            await FeedAsync(entry);
        }

        await AnalyseAsync();
        if (_behind && _pending.Count == 0)
        {
            _behind = false;
            await ReadBackAsync();
        }

        await AnalyseAsync();
        await EndStepAsync();
        _ = _behind || _caughtUp.TrySetResult();
    }

    private async Task ReadBackAsync()
    {
        var whole = false;
        try
        {
            var taken = 0;
            await foreach (var logged in log.ReadAsync(machine, _fed, _stop.Token))
            {
                if (_halted)
                {
                    break;
                }

                await FeedAsync(Decoded(logged));
                if (++taken % EntriesAtOnceMax == 0)
                {
                    await AnalyseAsync();
                    await EndStepAsync();
                }
            }

            whole = true;
        }
        finally
        {
            if (!whole && !_halted)
            {
                _behind = true;
                _pending.Clear(); // They come after what was not read; reading on finds them too.
            }
        }
    }

    /// <summary>
    /// Feeds an entry. What came before an event is computed before it, however entries happen to be grouped: an operator acknowledges
    /// an alarm that is raised, and a replay must find it raised too.
    /// </summary>
    private async Task FeedAsync(TwinEntry entry)
    {
        if (entry.Event is not null && entry.Position > Analysed)
        {
            await AnalyseAsync();
        }

        Feed(entry);
    }

    private void Feed(TwinEntry entry)
    {
        if (entry.Position <= _fed)
        {
            return;
        }

        _fed = entry.Position;
        if (entry.Position <= Analysed)
        {
            if (_waitingPositions.Remove(entry.Position))
            {
                twin.Restore(entry.Batch!);
            }

            return;
        }

        Applied++;
        Newest = Math.Max(Newest, entry.Position);
        switch (entry)
        {
            case { Batch: { } batch }:
                _traceParent = batch.TraceParent ?? _traceParent;
                var turn = Turns.Begin();
                twin.Apply(batch);
                Turns.End(turn, "apply rows", batch.Columns.Length == 0 ? 0 : batch.Columns[0].Values.Length);
                break;
            case { Event: MachineDeclared declared }:
                twin.Apply(declared);
                break;
            case { Event: MachineRetired retired }:
                twin.Apply(retired);
                break;
            case { Event: AlarmCommanded commanded }:
                twin.Apply(commanded);
                break;
            case { Event: CommandIssued issued }:
                twin.Apply(issued);
                break;
            case { Event: ControlFellBack fell }:
                twin.Apply(fell);
                break;
            case { Event: ControlReturned returned }:
                twin.Apply(returned);
                break;
        }
    }

    private async Task AnalyseAsync()
    {
        using var span = MachineTelemetry.Start("machine analyse", machine, _traceParent);
        while (true)
        {
            List<Task<(AnalysisStage Stage, FeaturePoints Points)>>? asked = null;
            var turn = Turns.Begin();
            foreach (var stage in twin.Stages)
            {
                if (stage.NextRequest() is { } request)
                {
                    IsTorn = true;
                    (asked ??= []).Add(AskAsync(stage, request with { TraceParent = span?.Id }));
                }
            }

            Turns.End(turn, "analyse windows", asked?.Count ?? 0);
            if (asked is null)
            {
                break;
            }

            foreach (var (stage, points) in await Task.WhenAll(asked))
            {
                await KeepAsync([.. twin.Judge(stage, points)], span?.Id);
            }

            IsTorn = false;
        }

        _traceParent = null;
    }

    private async Task<(AnalysisStage Stage, FeaturePoints Points)> AskAsync(AnalysisStage stage, ComputeRequest request)
    {
        try
        {
            var reply = await grid.RunAsync(machine.Site, request, options.ComputeTimeout, _stop.Token);
            Accelerator = reply.Accelerator?.Value;
            return (stage, stage.Accept(reply));
        }
        catch (ArgumentException fault)
        {
            // No device will ever take it; without this one request the twin would stand still for good.
            LogAbandoned(machine, stage.Declaration.Name, fault);
            stage.Abandon();
            return (stage, FeaturePoints.None);
        }
    }

    private async Task EndStepAsync()
    {
        Analysed = Math.Max(Analysed, _fed);
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (_waiters[i].Position <= Analysed)
            {
                _waiters[i].Applied.TrySetResult();
                _waiters.RemoveAt(i);
            }
        }

        await Stepped();
    }

    private TwinEntry Decoded(LoggedEntry logged) => logged.Kind == LogEntryKind.Event
        ? new TwinEntry(logged.Position, null, events.Decode(logged.Payload))
        : TwinEntry.Of(new CommittedBatch(
            logged.Position,
            new BatchName(logged.Source, logged.Epoch, logged.Sequence),
            SampleBatchCodec.Decode(logged.Payload),
            logged.SamplesQuarantined,
            TraceParent: null));
}
