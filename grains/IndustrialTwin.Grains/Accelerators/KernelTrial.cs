using System.Globalization;
using IndustrialTwin.Analyses;
using IndustrialTwin.Work;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// Measures what launches of a kernel cost a device before any work of it has come, so that the first requests are admitted and placed
/// by something better than a guess. What is computed is noise and goes nowhere.
/// </summary>
internal static class KernelTrial
{
    private const int Passes = 3;

    /// <summary>Values that a trial's launch reads at most.</summary>
    private const int ValuesMax = 1 << 20;

    /// <summary>Runs launches of several sizes, the first one for the device to compile it. What the kernel's name does not tell is not tried.</summary>
    public static async Task RunAsync(string kernel, DeviceRun device, KernelCosts costs, int unitsMax, CancellationToken cancellationToken)
    {
        var dot = kernel.LastIndexOf('.');
        if (dot < 0 || !int.TryParse(kernel.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var shape) || shape < 1)
        {
            return;
        }

        var operation = kernel[..dot];
        var largest = Math.Clamp(ValuesMax / (operation is "window-statistics" or "power-spectrum" ? shape : shape * KernelDemand.UnitRows), 1, unitsMax);
        int[] sizes = [1, Math.Max(1, largest / 8), Math.Max(1, largest / 2)];
        for (var pass = -1; pass < Passes; pass++)
        {
            foreach (var units in pass < 0 ? sizes[..1] : sizes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Noise(operation, shape, units) is not { } request)
                {
                    return;
                }

                var reply = await device.TryRunAsync(request with { Class = ComputeClass.Deferrable });
                if (reply.Outcome != ComputeOutcome.Done)
                {
                    return;
                }

                if (pass >= 0 && reply.LaunchJobs == 1)
                {
                    costs.Observe(kernel, units, TimeSpan.FromMilliseconds(reply.LaunchMs));
                }
            }
        }
    }

    private static ComputeRequest? Noise(string operation, int shape, int units) => operation switch
    {
        "window-statistics" => new WindowStatisticsRequest(Floats(units * shape), shape),
        "power-spectrum" => new SpectrumRequest(Floats(units * shape), shape, 1_000, [new Band("all", 0, 500)]),
        "hotelling-fit" => new HotellingFitRequest(Doubles(Math.Max(units * KernelDemand.UnitRows, shape + 2) * shape), shape),
        "hotelling-score" => new HotellingScoreRequest(Plain(shape), Doubles(units * KernelDemand.UnitRows * shape)),
        "gaussian-likelihood" => new LikelihoodRequest(Doubles(shape + (units * KernelDemand.UnitRows)), 0, shape, shape, 1),
        _ => null,
    };

    private static HotellingModelData Plain(int channels)
    {
        var inverse = new double[channels * channels];
        for (var i = 0; i < channels; i++)
        {
            inverse[(i * channels) + i] = 1;
        }

        return new HotellingModelData(new double[channels], [.. Enumerable.Repeat(1.0, channels)], inverse, channels + 2, channels, 1);
    }

    private static float[] Floats(int count) => Array.ConvertAll(Doubles(count), value => (float)value);

    private static double[] Doubles(int count)
    {
        var random = new Random(1);
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = random.NextDouble() - 0.5;
        }

        return values;
    }
}
