using System.Diagnostics;
using System.Globalization;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>A program that never rests, on one processor.</summary>
internal static class Hog
{
    /// <summary>The last processor.</summary>
    public static string Processor { get; } = (Environment.ProcessorCount - 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Keeps the processor busy until it is cancelled.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        using var process = Process.Start("taskset", ["-c", Processor, "sh", "-c", "while :; do :; done"]);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Runs a tool of the system to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task ToolAsync(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 && !said.Contains("No such process", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{name} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
        }
    }
}
