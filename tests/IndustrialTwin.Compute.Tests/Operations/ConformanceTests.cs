using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Devices present × operations × batches × sizes against the float64 reference.</summary>
public sealed class ConformanceTests(DevicesPresent devices) : IClassFixture<DevicesPresent>
{
    private static readonly (string Operation, int[] Sizes, int[] SimulatorSizes)[] Cases =
    [
        ("window-statistics", [1, 5, 33, 1024, 4096], [5, 64]),
        ("power-spectrum", [32, 64, 128, 256, 1024, 4096, 16_384], [32, 64]),
        ("power-spectrum-bands", [512, 2048], [64]),
        ("hotelling-fit", [1, 3, 8, 20], [3, 8]),
        ("hotelling-score", [1, 3, 8, 20], [3, 8]),
        ("gaussian-likelihood", [1, 10, 200], [10]),
        ("envelope-spectrum", [32, 64, 1024, 4096, 8192], [32]),
        ("rolling-statistics", [5, 64, 1023], [5]),
        ("exponential-statistics", [1, 5, 64, 1023], [5]),
        ("matrix-profile", [16, 129, 300], [16]),
        ("forecast-fit", [1, 5, 24], [5]),
        ("forecast", [1, 5, 96], [5]),
        ("convolution", [1, 9, 40], [3]),
        ("template-difference", [1, 9, 40], [4]),
        ("autoencoder-score", [1, 5, 40], [3]),
        ("autoencoder-train", [1, 5, 40], [3]),
        ("degradation-what-if", [1, 50, 400], [7]),
        ("line-what-if", [1, 50, 400], [7]),
        ("gradient-aggregation-mean", [1, 33, 1000], [5]),
        ("gradient-aggregation-trimmed", [1, 33], [5]),
        ("gradient-aggregation-median", [1, 33], [5]),
        ("acme-overload-dose", [1, 100, 1024], [5]),
        ("matrix-product", [1, 5, 64, 259, 512], [5]),
    ];

    public static TheoryData<string, string, int, int> All()
    {
        var data = new TheoryData<string, string, int, int>();
        foreach (var device in DevicesPresent.Names)
        {
            var isSimulator = device == DevicesPresent.Simulator;
            foreach (var (operation, sizes, simulatorSizes) in Cases)
            {
                foreach (var size in isSimulator ? simulatorSizes : sizes)
                {
                    foreach (var batch in (int[])[1, 7, 64])
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
        var operationCase = OperationCase.Of(operation);
        Assert.SkipUnless(operationCase.CanRunOn(device.Description), $"{device.Description.Name} has no float64, which {operation} needs.");
        Assert.SkipWhen(
            deviceName == DevicesPresent.OpenClForced && operationCase.HasAtomics,
            $"{operation} uses atomic operations; the OpenCL 2.0 ones need the generic address space, which is only forced here.");
        await operationCase.CheckAsync(device, batch, size, deviceName == DevicesPresent.Cuda ? 1e-4 : 1e-6);
    }
}
