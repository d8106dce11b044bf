using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Bench;

/// <summary>The machine that figures were measured on: without it they mean nothing.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Processors">Processors that this process may use.</param>
/// <param name="VectorBits">The widest vector register that is used.</param>
/// <param name="LastCacheBytes">The last cache, or 0 where the system does not tell.</param>
/// <param name="Device">The native device, as a silo opens it.</param>
/// <param name="System">Operating system and runtime.</param>
/// <param name="Date">When, UTC.</param>
internal sealed record BenchMachine(
    string Processor, int Processors, int VectorBits, long LastCacheBytes, string Device, string System, DateTimeOffset Date)
{
    /// <summary>This machine, now.</summary>
    public static async Task<BenchMachine> ReadAsync()
    {
        await using var native = await DeviceDiscovery.OpenNativeAsync();
        var device = native.Description;
        return new BenchMachine(
            ProcessorName() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
            LastCache(),
            $"{device.Id}, {device.Kind}, {device.ComputeUnits} of {Environment.ProcessorCount} processors",
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
            DateTimeOffset.UtcNow);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor}, {Processors} processors, vectors of {VectorBits} bits, last cache {LastCacheBytes >> 20} MiB\n{Device}\n{System}, {Date:yyyy-MM-dd HH:mm} UTC");

    private static string? ProcessorName()
    {
        const string Info = "/proc/cpuinfo";
        return !File.Exists(Info) ? null : File.ReadLines(Info)
            .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault();
    }

    private static long LastCache()
    {
        const string Caches = "/sys/devices/system/cpu/cpu0/cache";
        return !Directory.Exists(Caches) ? 0 : Directory.EnumerateDirectories(Caches, "index*")
            .Select(cache => Path.Combine(cache, "size")).Where(File.Exists).Select(file => Bytes(File.ReadAllText(file).Trim()))
            .DefaultIfEmpty(0).Max();
    }

    private static long Bytes(string size) =>
        long.TryParse(size.TrimEnd('K', 'M'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number << (size[^1] switch { 'K' => 10, 'M' => 20, _ => 0 })
            : 0;
}
