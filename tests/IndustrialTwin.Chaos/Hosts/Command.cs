using System.ComponentModel;
using System.Diagnostics;

namespace IndustrialTwin.Chaos;

/// <summary>A short command of the machine.</summary>
internal static class Command
{
    /// <summary>Runs it and answers its output.</summary>
    /// <exception cref="InvalidOperationException">It is not there, or ended with an error, which the message tells.</exception>
    public static string Run(string program, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = input is not null };
        try
        {
            using var process = Process.Start(start)!;
            if (input is not null)
            {
                process.StandardInput.Write(input);
                process.StandardInput.Close();
            }

            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"{program} {string.Join(' ', start.ArgumentList)}: {errors.Result.Trim()}");
        }
        catch (Win32Exception fault)
        {
            throw new InvalidOperationException($"{program} is not installed: {fault.Message}", fault);
        }
    }
}
