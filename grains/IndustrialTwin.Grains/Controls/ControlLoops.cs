using System.Buffers;
using System.Diagnostics;
using IndustrialTwin.Analyses;
using IndustrialTwin.Devices;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Operations.Sliding;
using IndustrialTwin.Operations.Statistics;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Controls;

/// <summary>
/// The control loops of one twin's activation. A decision never leaves the node and waits for no commit: batch, device of this node,
/// command. It is dropped when its deadline has passed. The device keeps each loop's window, so a decision brings it only what is new.
/// </summary>
internal sealed partial class ControlLoops(
    MachineKey machine,
    ControlDeclaration[] declarations,
    long fence,
    NodeDevices devices,
    ICommandSink sink,
    TimeProvider clock,
    ILogger logger,
    ControlLoops? before = null,
    FallbackTimer? fallbacks = null)
{
    private readonly ControlLoop[] _loops =
        [.. declarations.Select(declaration => before?.LoopLike(declaration) ?? new ControlLoop(declaration, fallbacks?.Of(declaration)))];
    private readonly CommandNumbers _numbers = before?._numbers ?? new CommandNumbers();

    /// <summary>Called with each command of an interlock that was sent, so that it is remembered.</summary>
    public Action<MachineCommand> Acted { get; init; } = _ => { };

    /// <summary>Called with a loop that had fallen back and decides in time again.</summary>
    public Action<FallbackWatch> Returned { get; init; } = _ => { };

    /// <summary>The declarations that these loops follow.</summary>
    public ControlDeclaration[] Declarations => declarations;

    public ControlSnapshot[] ToSnapshots() => [.. _loops.Select(loop => loop.ToSnapshot())];

    /// <summary>Begins the decisions that good samples of a new batch call for.</summary>
    public void Observe(SampleBatch batch, SampleColumn[] good)
    {
        foreach (var loop in _loops)
        {
            foreach (var column in good)
            {
                if (column.Channel == loop.Declaration.Channel && loop.Add(column))
                {
                    _ = DecideAsync(loop, batch);
                }
            }
        }
    }

    /// <summary>Commands what a loop falls back to; answers null where there is no way out now.</summary>
    public async Task<MachineCommand?> FallBackAsync(FallbackWatch watch)
    {
        var nowUs = clock.NowUs();
        var command = new MachineCommand(
            machine, watch.Declaration.Name, watch.Fallback.Command, watch.Fallback.Value, 0, nowUs, string.Empty, 0, 0, fence, _numbers.Next())
        {
            DecidedUs = nowUs,
            Fallback = watch.Reason,
        };
        return await sink.SendAsync(command, CancellationToken.None) ? command : null;
    }

    /// <summary>The loop that acts as a declaration asks, if there is one: a new declaration of it changes nothing.</summary>
    private ControlLoop? LoopLike(ControlDeclaration declaration)
    {
        var wanted = MachineTypes.Fingerprint(declaration);
        return Array.Find(_loops, loop => MachineTypes.Fingerprint(loop.Declaration) == wanted);
    }

    private async Task DecideAsync(ControlLoop loop, SampleBatch batch)
    {
        var declaration = loop.Declaration;
        var (asked, newestUs) = (loop.Ask(), loop.Window.NewestUs);
        var receivedUs = batch.ReceivedUs ?? clock.NowUs();
        var received = DateTimeOffset.UnixEpoch.AddMicroseconds(receivedUs);
        var deadline = received + declaration.Deadline;
        var trace = ControlTrace.Begin(machine, declaration, batch, received, clock.GetUtcNow());
        var samples = ArrayPool<float>.Shared.Rent(declaration.WindowRows);
        try
        {
            var summary = await ComputeAsync(loop.Window, samples, deadline, trace.Context);
            trace.Answered(summary.Timing, clock.GetUtcNow());
            if (summary.Reason is { } reason)
            {
                Miss(loop, trace, reason);
                return;
            }

            var statistic = Of(summary.Value, declaration.Statistic);
            if (loop.Decide(asked, statistic) is not { } value)
            {
                ControlTelemetry.Quiet();
                trace.Quiet();
                if (clock.GetUtcNow() > deadline)
                {
                    loop.Watch?.Missed("late"); // There was nothing to do and so nothing missed; but in time it was not.
                    return;
                }

                Decided(loop);
                return;
            }

            if (clock.GetUtcNow() > deadline)
            {
                loop.NotSent();
                Miss(loop, trace, "late");
                return;
            }

            var command = new MachineCommand(
                machine, declaration.Name, declaration.Command, value, statistic, newestUs, batch.Source, batch.Epoch, batch.Sequence, fence, _numbers.Next())
            {
                ReceivedUs = receivedUs,
                DecidedUs = clock.NowUs(),
            };
            using (trace.Publishing())
            {
                if (!await sink.SendAsync(command, CancellationToken.None))
                {
                    loop.NotSent();
                    Miss(loop, trace, "no-way-out");
                    return;
                }
            }

            loop.Sent();
            Decided(loop);
            ControlTelemetry.Sent(clock.NowUs() - receivedUs);
            trace.Sent(value);
            if (declaration.Law is LimitLaw)
            {
                LogActed(machine, declaration.Name, declaration.Command, value, statistic);
                Acted(command);
            }
        }
        catch (Exception fault)
        {
            Miss(loop, trace, "failed");
            LogFailed(machine, declaration.Name, fault);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(samples);
        }
    }

    /// <summary>Asks this node's devices, the native one first: what a control loop reduces is smaller than a trip to a GPU.</summary>
    private async ValueTask<(WindowSummary Value, JobTiming Timing, string? Reason)> ComputeAsync(
        NewestWindow window, float[] samples, DateTimeOffset deadline, ActivityContext parent)
    {
        var options = new JobOptions(deadline, parent, JobClass.Control);
        var (reason, timing) = ("no-device", default(JobTiming));
        foreach (var device in devices.ControlOrder)
        {
            var outcome = await device.RunAsync(SlidingStatistics.Instance, window.Ask(samples.AsMemory(0, window.Fresh)), options);
            window.IsHeld = outcome.TryGetResult(out var answer) && answer.IsHeld;
            if (outcome.Kind == JobOutcomeKind.Done && answer.IsMissing)
            {
                // The device has not seen the window, or not all that came before: another one had it, or a job was dropped.
                outcome = await device.RunAsync(SlidingStatistics.Instance, window.Ask(samples.AsMemory(0, window.Rows)), options);
                window.IsHeld = outcome.TryGetResult(out answer) && answer.IsHeld;
            }

            if (answer.TryGetValue(out var summaries))
            {
                return (summaries[0], outcome.Timing, null);
            }

            (reason, timing) = (outcome.Kind.ToString().ToLowerInvariant(), outcome.Timing);
            if (outcome.Kind == JobOutcomeKind.Expired)
            {
                break;
            }
        }

        return (default, timing, reason);
    }

    private void Decided(ControlLoop loop)
    {
        if (loop.Watch is { } watch && watch.Decided())
        {
            Returned(watch);
        }
    }

    private static void Miss(ControlLoop loop, in ControlTrace trace, string reason)
    {
        loop.Missed(reason);
        trace.Missed(reason);
        ControlTelemetry.Missed(reason);
    }

    private static double Of(WindowSummary summary, Statistic statistic) => statistic switch
    {
        Statistic.Mean => summary.Mean,
        Statistic.StandardDeviation => summary.StandardDeviation,
        Statistic.Minimum => summary.Min,
        Statistic.Maximum => summary.Max,
        Statistic.Rms => summary.Rms,
        Statistic.Peak => summary.Peak,
        Statistic.PeakToPeak => summary.PeakToPeak,
        Statistic.CrestFactor => summary.CrestFactor,
        Statistic.Skewness => summary.Skewness,
        _ => summary.Kurtosis,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Machine}: control {Control} commands {Command} = {Value}; it measured {Statistic}.")]
    private partial void LogActed(MachineKey machine, string control, string command, double value, double statistic);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Machine}: control {Control} could not decide.")]
    private partial void LogFailed(MachineKey machine, string control, Exception fault);
}
