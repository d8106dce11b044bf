using IndustrialTwin.Conformance;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Devices;

/// <summary>The question every device answers before it is trusted, and again when it is suspect: a real kernel on known data.</summary>
internal static class DeviceProbe
{
    private const int Length = 256;
    private const int Windows = 4;
    private const double Tolerance = 1e-4;

    /// <summary>What is asked.</summary>
    public static PowerSpectrum Operation => PowerSpectrum.Instance;

    /// <summary>Null when the device computes right; else why it is not to be used.</summary>
    public static async Task<string?> FailureAsync(IComputeDevice device, CancellationToken cancellationToken)
    {
        var input = Input();
        var outcome = await device.RunAsync(Operation, input, default, cancellationToken).ConfigureAwait(false);
        return outcome.TryGetResult(out var result) ? Failure(input, result) : outcome.Reason;
    }

    /// <summary>
    /// The same, asked by the owner of the device. A driver's device that has no power spectrum is asked for another operation that it has.
    /// </summary>
    public static string? Failure(DeviceDescription device, DeviceOwner owner)
    {
        if (device.CanRun(Operation))
        {
            var (inputs, results) = (new[] { Input() }, new SpectrumResult[1]);
            owner.FreshFormOf(Operation).Launch(inputs, results);
            return Failure(inputs[0], results[0]);
        }

        foreach (var (name, _, _) in ConformanceSuite.All)
        {
            if (OperationCase.Of(name) is var known && device.CanRun(known.Operation))
                return known.Failure(owner, Tolerance) is { } failure ? $"its {name} is wrong: {failure}" : null;
        }

        return $"none of its operations can be checked: {string.Join(", ", device.Operations ?? (IEnumerable<string>)["none"])}.";
    }

    private static SpectrumInput Input()
    {
        var samples = new float[Windows * Length];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)(Math.Sin(0.1 * i) + (0.25 * Math.Cos(0.9 * i * (1 + (i / Length)))));
        return new SpectrumInput(
            new WindowBatch(samples, Length), new SpectrumLayout(Length, [new FrequencyBand(1, 20), new FrequencyBand(20, 120)]));
    }

    private static string? Failure(SpectrumInput input, SpectrumResult result)
    {
        var expected = Operation.Reference(input);
        var error = Math.Max(
            Distance(expected.Spectra, result.Spectra),
            Distance(expected.BandEnergies, result.BandEnergies));
        // Written so that a NaN fails too.
        return error <= Tolerance ? null : $"its power spectrum is off by {error:g3} of the norm; {Tolerance:g1} is allowed.";
    }

    private static double Distance(float[] expected, float[] actual)
    {
        double error = 0, norm = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            error += Math.Pow(expected[i] - actual[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(error / norm);
    }
}
