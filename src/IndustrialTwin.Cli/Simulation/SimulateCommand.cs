using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Simulation;

/// <summary>
/// <c>itwin simulate</c>: the grid's policy, the same code that the grains run, against an omniscient scheduler and the usual baselines.
/// </summary>
internal sealed class SimulateCommand : Command
{
    private readonly Option<int> _requests = new("--requests") { Description = "Requests of each simulation, 10,000 or more.", DefaultValueFactory = _ => new ReportOptions().Requests };
    private readonly Option<int> _devices = new("--devices") { Description = "Accelerators, 1..1,024.", DefaultValueFactory = _ => new ReportOptions().Devices };
    private readonly Option<int> _kernels = new("--kernels") { Description = "Kernels, 1..256.", DefaultValueFactory = _ => new ReportOptions().Kernels };
    private readonly Option<bool> _heterogeneous = new("--heterogeneous") { Description = "A quarter of the accelerators at half speed, a quarter at twice." };
    private readonly Option<double> _deadline = new("--deadline") { Description = "Deadlines, in full batch times.", DefaultValueFactory = _ => new ReportOptions().DeadlineBatches };
    private readonly Option<int> _seed = new("--seed") { Description = "All that is random follows from it.", DefaultValueFactory = _ => new ReportOptions().Seed };
    private readonly Option<string?> _data = new("--data") { Description = "The folder of recorded traces; ITWIN_DATA, else ../shared/data, where not given." };
    private readonly Option<DirectoryInfo?> _plots = new("--plots") { Description = "A folder for the plots, as SVG." };

    private readonly Terminal _terminal;

    public SimulateCommand(Terminal terminal)
        : base("simulate", "Simulates the grid's policy against an omniscient scheduler and baselines; prints tables, writes plots. Needs no grid.")
    {
        _terminal = terminal;
        Option[] options = [_requests, _devices, _kernels, _heterogeneous, _deadline, _seed, _data, _plots];
        foreach (var option in options)
        {
            Options.Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new ReportOptions
        {
            Requests = parsed.GetValue(_requests),
            Devices = parsed.GetValue(_devices),
            Kernels = parsed.GetValue(_kernels),
            IsHeterogeneous = parsed.GetValue(_heterogeneous),
            DeadlineBatches = parsed.GetValue(_deadline),
            Seed = parsed.GetValue(_seed),
            DataFolder = parsed.GetValue(_data) ?? Environment.GetEnvironmentVariable("ITWIN_DATA") ?? Path.Combine("..", "shared", "data"),
        };
        SimulationReport report;
        try
        {
            // Progress is for people: where nobody looks, it would only be noise between the results.
            var progress = _terminal.Console.Profile.Out.IsTerminal ? new Progress(_terminal.Error) : null;
            report = await Task.Run(() => SimulationReport.Run(options, progress, cancellationToken), cancellationToken);
        }
        catch (ArgumentOutOfRangeException fault)
        {
            throw new CommandFault(fault.Message, ExitCode.Usage, fault);
        }
        catch (Exception fault) when (fault is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFault(fault.Message, ExitCode.Refused, fault);
        }

        await PrintAsync(report);
        if (parsed.GetValue(_plots) is { } folder)
        {
            await WritePlotsAsync(report, folder, cancellationToken);
        }

        return ExitCode.Done;
    }

    private async Task PrintAsync(SimulationReport report)
    {
        foreach (var table in report.Tables)
        {
            await _terminal.Out.WriteLineAsync(table.Title);
            await TextTable.WriteAsync(_terminal.Out, table.Header, table.Rows);
            await _terminal.Out.WriteLineAsync(table.Note is null ? "" : table.Note + Environment.NewLine);
        }

        await _terminal.Out.WriteLineAsync("What it should reach");
        await TextTable.WriteAsync(
            _terminal.Out, ["what", "aim", "reached", ""],
            report.Targets.Select(target => (string[])[target.Name, target.Target, target.Reached, target.IsReached ? "yes" : "NO"]));
        foreach (var skipped in report.Skipped)
        {
            await _terminal.Out.WriteLineAsync(skipped);
        }
    }

    private async Task WritePlotsAsync(SimulationReport report, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        try
        {
            folder.Create();
            foreach (var plot in report.Plots)
            {
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, plot.Name + ".svg"), plot.Svg, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault($"The plots could not be written to {folder}: {fault.Message}", ExitCode.Refused, fault);
        }

        await _terminal.Error.WriteLineAsync($"{report.Plots.Count} plots are in {folder}.");
    }

    /// <summary>Reports at once and in order, where <see cref="Progress{T}"/> would post to threads that may come later.</summary>
    private sealed class Progress(TextWriter error) : IProgress<string>
    {
        private readonly Lock _lock = new();

        public void Report(string value)
        {
            lock (_lock)
            {
                error.WriteLine(value);
            }
        }
    }
}
