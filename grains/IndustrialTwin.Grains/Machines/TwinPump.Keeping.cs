using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <content>How computed points are kept.</content>
internal sealed partial class TwinPump
{
    private async Task KeepAsync(JudgedPoints[] judged, string? traceParent)
    {
        foreach (var points in judged)
        {
            MachineTelemetry.Computed(points.TimesUs.Length);
            if (points.Judge is { } judge && judge.State.Raisings > points.Before!.Raisings)
            {
                MachineTelemetry.Raised(machine, judge.Declaration, judge.State, traceParent);
                LogRaised(machine, judge.Declaration.Name, judge.Declaration.Feature, Figure.Text(judge.State.Value), Figure.Text(judge.Declaration.Limit));
            }
        }

        var kept = await Task.WhenAll(judged.Select(points => RetryAsync(new FeatureBlock(
            machine, fence, points.Feature, points.TimesUs, points.Values, points.Filtered, points.Exceeded))));
        if (kept.Contains(false))
        {
            EndFenced();
            _stop.Token.ThrowIfCancellationRequested(); // The twin stays torn: a checkpoint of it would hide the points that were not kept.
        }
    }

    /// <summary>A later activation owns the machine.</summary>
    private void EndFenced()
    {
        Halt();
        Lost();
        Cancel();
    }

    private async Task<bool> RetryAsync(FeatureBlock block)
    {
        for (var delay = RetryDelay; ; delay = delay * 2 < RetryDelayMax ? delay * 2 : RetryDelayMax)
        {
            try
            {
                return await log.AppendFeatureAsync(block, _stop.Token);
            }
            catch (LogUnavailableException fault)
            {
                LogStalled(machine, fault);
                await Task.Delay(delay, clock, _stop.Token);
            }
        }
    }
}
