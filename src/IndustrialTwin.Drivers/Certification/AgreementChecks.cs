using System.Globalization;
using IndustrialTwin.Conformance;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Certification;

/// <summary>Whether the device computes what the float64 references compute: operations × batches × sizes, the way a silo would launch them.</summary>
internal static class AgreementChecks
{
    public static IEnumerable<Check> Of(IComputeDevice device)
    {
        var description = device.Description;
        var tolerance = ToleranceOf(description);
        foreach (var (name, sizes, _) in ConformanceSuite.All)
        {
            var known = OperationCase.Of(name);
            if (!description.CanRun(known.Operation))
                continue;
            foreach (var size in sizes)
                yield return new Check($"{name} {size}", token => AgreesAsync(device, known, size, ConformanceSuite.Batches, tolerance, token));
        }

        foreach (var (name, batch, size) in ConformanceSuite.Long)
        {
            var known = OperationCase.Of(name);
            if (description.CanRun(known.Operation))
                yield return new Check($"{name} {size}, a long job", token => AgreesAsync(device, known, size, [batch], tolerance, token));
        }
    }

    /// <summary>Where there is no double precision, fewer digits can be had.</summary>
    public static double ToleranceOf(DeviceDescription device) =>
        device.SupportsFloat64 ? ConformanceSuite.Tolerance : ConformanceSuite.ToleranceApproximate;

    private static async Task<string> AgreesAsync(IComputeDevice device, OperationCase known, int size, IReadOnlyList<int> batches, double tolerance, CancellationToken cancellationToken)
    {
        var worst = 0.0;
        foreach (var batch in batches)
        {
            var result = await known.CheckAsync(device, batch, size, tolerance, cancellationToken).ConfigureAwait(false);
            if (result.Failure is { } failure)
                throw new CheckException($"batch {batch}, {failure}");
            worst = Math.Max(worst, result.Error);
        }

        return string.Create(
            CultureInfo.InvariantCulture, $"batches {string.Join(", ", batches)}: error {worst:0.0e+0} of {tolerance:0e+0} allowed");
    }
}
