using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Bench;

/// <summary>A command that measures and reports: its table goes to the output and, where asked for, into a file.</summary>
internal abstract class BenchPartCommand : Command
{
    private readonly Option<string?> _json = new("--json") { Description = "A file for machine, figures, aims and verdicts, as JSON.", HelpName = "file" };

    protected BenchPartCommand(Terminal terminal, string name, string description)
        : base(name, description)
    {
        Options.Add(_json);
        SetAction(async (parsed, cancellationToken) =>
        {
            Check(parsed);
            var report = await BenchReport.BeginAsync(terminal, parsed.GetValue(_json));
            try
            {
                await MeasureAsync(parsed, report, cancellationToken);
            }
            finally
            {
                await report.EndAsync();
            }

            return ExitCode.Done;
        });
    }

    /// <summary>Refuses what can be known to be wrong before anything is measured.</summary>
    /// <exception cref="CommandFault">It is.</exception>
    protected virtual void Check(ParseResult parsed)
    {
    }

    /// <summary>Measures.</summary>
    protected abstract Task MeasureAsync(ParseResult parsed, BenchReport report, CancellationToken cancellationToken);

    /// <summary>An option for the silo to measure.</summary>
    protected static Option<string?> SiloOption() => new("--silo")
    {
        Description = "The silo to measure: its IndustrialTwin.Silo.dll. Where left out, the one of this checkout.",
        HelpName = "dll",
    };
}
