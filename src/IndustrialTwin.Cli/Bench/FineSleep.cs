using System.Runtime.InteropServices;

namespace IndustrialTwin.Bench;

/// <summary>Sleeps for less than the millisecond that the framework knows, without keeping a processor busy.</summary>
internal static class FineSleep
{
    private const uint LongestUs = 500_000;

    public static void Sleep(TimeSpan time)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            _ = Microseconds((uint)Math.Clamp(time.TotalMicroseconds, 0, LongestUs));
        }
        else
        {
            Thread.Sleep(time);
        }
    }

    [DllImport("libc", EntryPoint = "usleep", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Microseconds(uint us);
}
