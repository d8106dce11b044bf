using System.Diagnostics;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>A program that a check needs and that a machine may lack.</summary>
internal static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Runs it, and answers its standard output; skips the test where it is not installed.</summary>
    /// <exception cref="InvalidOperationException">It ended with an error, which the message tells.</exception>
    public static async Task<string> RunOrSkipAsync(string name, string package, params string[] arguments)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"{name} is not installed ({package}).");
        using var process = Process.Start(new ProcessStartInfo(program!, arguments)
        {
            WorkingDirectory = SiloProcess.Root, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).WaitAsync(Patience);
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output[0]
            : throw new InvalidOperationException($"{name} {string.Join(' ', arguments)} ended with {process.ExitCode}: {string.Join('\n', output)}");
    }
}
