using IndustrialTwin.Conformance;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>
/// Every operation of the catalogue on every device that discovery opens, against the float64 reference: what a machine is asked before its
/// figures are believed, in the one file that is carried to it.
/// </summary>
internal static class ConformanceRows
{
    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        var rows = new List<Row>();
        foreach (var device in await new DeviceDiscovery().OpenAsync())
        {
            await using (device)
            {
                var tolerance = device.Description.Kind == DeviceKind.IlgpuCuda ? ConformanceSuite.ToleranceApproximate : ConformanceSuite.Tolerance;
                foreach (var (name, sizes, _) in ConformanceSuite.Cases.Concat(ConformanceSuite.Catalogue))
                    rows.Add(await CheckAsync(device, name, sizes, tolerance));
            }
        }

        return rows;
    }

    private static async Task<Row> CheckAsync(IComputeDevice device, string name, int[] sizes, double tolerance)
    {
        var (known, worst) = (OperationCase.Of(name), 0.0);
        var what = $"{device.Description.Id} ({device.Description.Name}): {name}";
        if (!device.Description.CanRun(known.Operation))
            return new Row($"{what}, not on this device", double.NaN, "relative error");
        foreach (var size in sizes)
        {
            foreach (var batch in ConformanceSuite.Batches)
            {
                var found = await known.CheckAsync(device, batch, size, tolerance);
                if (found.Failure is { } failure)
                    throw new InvalidOperationException($"{what}, {batch} × {size}: {failure}");
                worst = Math.Max(worst, found.Error);
            }
        }

        return new Row($"{what}, worst error", worst * 1e6, "1e-6 of the norm", Goal: $"≤ {tolerance * 1e6:0}");
    }
}
