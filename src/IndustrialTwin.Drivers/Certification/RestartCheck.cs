using System.Diagnostics;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Certification;

/// <summary>Whether a driver that was killed comes back: its process listens again, and the device finds it by itself.</summary>
internal static class RestartCheck
{
    private static readonly TimeSpan BackMax = TimeSpan.FromSeconds(15);

    public static Check Of(IComputeDevice device, DriverProcess? process) => new("is killed and started again", async token =>
    {
        if (process is null)
            throw new CheckException("the command that starts the driver is not given; put it behind --", Verdict.NotChecked);
        await process.KillAsync().ConfigureAwait(false);
        await UntilAsync(() => !device.Status.IsHealthy, "its loss is not noticed", token).ConfigureAwait(false);
        await process.StartAsync(token).ConfigureAwait(false);
        var start = Stopwatch.GetTimestamp();
        await UntilAsync(() => device.Status.IsHealthy, "the device does not come back", token).ConfigureAwait(false);
        var back = Stopwatch.GetElapsedTime(start);
        foreach (var check in AgreementChecks.Of(device).Take(1))
            await check.RunAsync(token).ConfigureAwait(false);
        return $"the device took work {back.TotalMilliseconds:0} ms after the driver listened";
    });

    private static async Task UntilAsync(Func<bool> condition, string otherwise, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(10, cancellationToken).ConfigureAwait(false))
        {
            if (Stopwatch.GetElapsedTime(start) > BackMax)
                throw new CheckException($"{otherwise} within {BackMax.TotalSeconds} s");
        }
    }
}
