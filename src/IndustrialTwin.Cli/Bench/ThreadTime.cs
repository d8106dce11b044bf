using System.Diagnostics;
using System.Runtime.InteropServices;

namespace IndustrialTwin.Bench;

/// <summary>Processor time of the calling thread: on a shared machine the clock on the wall measures the others too.</summary>
internal static class ThreadTime
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID of Linux

    /// <summary>Microseconds; those of the wall clock where the system is not Linux.</summary>
    public static double Us
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return Stopwatch.GetTimestamp() * 1e6 / Stopwatch.Frequency;
            }

            return GetTime(ThreadCpuTime, out var time) == 0
                ? (time.Seconds * 1e6) + (time.Nanoseconds / 1e3)
                : throw new InvalidOperationException($"clock_gettime failed with error {Marshal.GetLastWin32Error()}.");
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
