using Acme.Overloads;
using IndustrialTwin.Conformance;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Devices present × operations × batches × sizes against the float64 reference.</summary>
public sealed class ConformanceTests(DevicesPresent devices) : IClassFixture<DevicesPresent>
{
    /// <summary>A kernel of a user's own assembly is held to the same.</summary>
    private const string OwnKernel = "acme-overload-dose";

    public static TheoryData<string, string, int, int> All()
    {
        var data = new TheoryData<string, string, int, int>();
        foreach (var device in DevicesPresent.Names)
        {
            var isSimulator = device == DevicesPresent.Simulator;
            foreach (var (operation, sizes, simulatorSizes) in ConformanceSuite.Cases.Concat(ConformanceSuite.Catalogue).Append((OwnKernel, [1, 100, 1024], [5])))
            {
                foreach (var size in isSimulator ? simulatorSizes : sizes)
                {
                    foreach (var batch in ConformanceSuite.Batches)
                    {
                        // The simulator needs tenths of a second where a device needs microseconds.
                        if (!isSimulator || batch * size <= 512)
                            data.Add(device, operation, batch, size);
                    }
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_device_agrees_with_the_reference(string deviceName, string operation, int batch, int size)
    {
        var device = await devices.OpenAsync(deviceName);
        var operationCase = operation != OwnKernel ? OperationCase.Of(operation) : new OperationCase<OverloadInput, float[]>(
            OverloadDose.Instance,
            (count, length, seed) => new OverloadInput(Signals.Windows(count, length, seed), 0.5f),
            result => [Array.ConvertAll(result, dose => (double)dose)]);
        Assert.SkipUnless(operationCase.Operation.CanRunOn(device.Description), $"{device.Description.Name} has no float64, which {operation} needs.");
        Assert.SkipWhen(
            deviceName == DevicesPresent.OpenClForced && operationCase.HasAtomics,
            $"{operation} uses atomic operations; the OpenCL 2.0 ones need the generic address space, which is only forced here.");
        var tolerance = deviceName == DevicesPresent.Cuda ? ConformanceSuite.ToleranceApproximate : ConformanceSuite.Tolerance;
        Assert.Null((await operationCase.CheckAsync(device, batch, size, tolerance, TestContext.Current.CancellationToken)).Failure);
    }
}
