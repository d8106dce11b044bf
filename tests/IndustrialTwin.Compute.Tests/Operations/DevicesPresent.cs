using IndustrialTwin.Devices;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Opens each device once for a class of tests; an absent one skips the test with its reason.</summary>
public sealed class DevicesPresent : IAsyncDisposable
{
    public const string Simulator = "ilgpu-simulator";
    public const string Cuda = "cuda";
    private readonly Dictionary<string, (IComputeDevice? Device, string Reason)> _open = [];

    public static string[] Names { get; } = ["native-simd", "native-portable"];

    public async Task<IComputeDevice> OpenAsync(string name)
    {
        if (!_open.TryGetValue(name, out var opened))
            _open.Add(name, opened = await TryOpenAsync(name));
        if (opened.Device is null)
            Assert.Skip(opened.Reason);
        return opened.Device;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (device, _) in _open.Values)
        {
            if (device is not null)
                await device.DisposeAsync();
        }
    }

    private static async Task<(IComputeDevice? Device, string Reason)> TryOpenAsync(string name) => name switch
    {
        "native-simd" => (await DeviceDiscovery.OpenNativeAsync(name), ""),
        "native-portable" => (await DeviceDiscovery.OpenNativeAsync(name, NativeCode.Portable), ""),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such device."),
    };
}
