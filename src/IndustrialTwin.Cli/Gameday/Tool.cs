using System.ComponentModel;
using System.Diagnostics;

namespace IndustrialTwin.Gameday;

/// <summary>Programs of the system.</summary>
internal static class Tool
{
    /// <summary>Whether there is such a program.</summary>
    public static bool Exists(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, name)));

    /// <summary>Runs one to its end and answers whether it ended well.</summary>
    public static async Task<bool> TryAsync(string name, params string[] arguments)
    {
        try
        {
            return (await RunAsync(new ProcessStartInfo(name, arguments))).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Runs one to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }
}
