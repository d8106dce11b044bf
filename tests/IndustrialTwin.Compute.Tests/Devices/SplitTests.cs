using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Spectra;
using Xunit;

namespace IndustrialTwin.Devices;

/// <summary>A native device with several threads.</summary>
public sealed class SplitTests
{
    private static readonly DeviceOptions FourThreads = new() { NativeThreadsMax = 4, NativeSplitWindowsMin = 8 };

    [Fact]
    public async Task A_large_launch_is_shared_and_its_results_are_each_job_s_own()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync(options: FourThreads);
        var operation = new ScriptedOperation();
        using var hold = new Hold();
        await hold.TakeAsync(device, operation);
        var waiting = Enumerable.Range(1, 37).Select(i => device.RunAsync(operation, new Script(i, Windows: 1 + (i % 5))).AsTask()).ToArray();
        hold.LetGo();
        var outcomes = await Task.WhenAll(waiting);
        Assert.Equal(Enumerable.Range(1, 37).Select(i => (double)i), outcomes.Select(outcome => outcome.Result![0]));
        Assert.Equal(37, outcomes[0].Timing.LaunchJobs);
        Assert.Equal(4, operation.Launches.Skip(1).Select(launch => launch.Thread).Distinct().Count());
        Assert.Equal(2, device.Status.Launches);
        Assert.Equal(4, device.Description.ComputeUnits);
    }

    [Fact]
    public async Task An_error_on_any_thread_fails_the_launch_and_the_device_goes_on()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync(options: FourThreads);
        var operation = new ScriptedOperation();
        using var hold = new Hold();
        await hold.TakeAsync(device, operation);
        var waiting = Enumerable.Range(1, 16)
            .Select(i => device.RunAsync(operation, new Script(i, i == 16 ? () => throw new InvalidOperationException("burnt") : null)).AsTask()).ToArray();
        hold.LetGo();
        Assert.All(await Task.WhenAll(waiting), outcome => Assert.EndsWith("burnt", outcome.Reason, StringComparison.Ordinal));
        Assert.Equal(JobOutcomeKind.Done, (await device.RunAsync(operation, new Script(1))).Kind);
    }

    [Fact]
    public async Task Several_threads_compute_what_one_computes()
    {
        await using var one = await DeviceDiscovery.OpenNativeAsync(options: new DeviceOptions { NativeThreadsMax = 1 });
        await using var four = await DeviceDiscovery.OpenNativeAsync("native-4", options: FourThreads);
        var inputs = Enumerable.Range(1, 24)
            .Select(seed => new SpectrumInput(Signals.Windows(3, 256, seed), new SpectrumLayout(1_000, [new(0, 100)]))).ToArray();
        async Task<SpectrumResult[]> AllAsync(IComputeDevice device) =>
            [.. (await Task.WhenAll(inputs.Select(input => device.RunAsync(PowerSpectrum.Instance, input).AsTask()))).Select(outcome => outcome.Result!)];
        var (expected, actual) = (await AllAsync(one), await AllAsync(four));
        Assert.Equal(expected.Select(result => result.Spectra), actual.Select(result => result.Spectra));
        Assert.Equal(expected.Select(result => result.BandEnergies), actual.Select(result => result.BandEnergies));
    }
}
