using System.CommandLine;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;
using IndustrialTwin.Mqtt;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Replay;

/// <summary>The argument and options of every replay.</summary>
internal sealed class ReplayOptions
{
    private const int InFlightDefault = 256, InFlightLimit = 1024;

    private readonly Argument<string> _folder = new("folder") { Description = "The data set's folder." };
    private readonly Option<double?> _speed = new("--speed")
    {
        Description = "Recorded time over real time, 1 for as it was; left out, as fast as acknowledged.",
        HelpName = "factor",
    };

    private readonly Option<int> _inFlight = new("--in-flight")
    {
        Description = $"Messages that may wait for their acknowledgement, 1 to {InFlightLimit}.",
        HelpName = "count",
        DefaultValueFactory = _ => InFlightDefault,
    };

    private readonly Option<bool> _perFile = new("--per-file") { Description = "Also print a line per recording." };
    private readonly Option<string> _site;
    private readonly BrokerOptions _broker;
    private readonly GridOptions _grid;

    public ReplayOptions(Command command, string site)
    {
        _site = new("--site") { Description = "The site that the twins stand on.", HelpName = "key", DefaultValueFactory = _ => site };
        _speed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is { } speed && !(speed > 0 && double.IsFinite(speed)))
            {
                result.AddError($"--speed is {speed}; expected a number above 0.");
            }
        });
        _inFlight.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > InFlightLimit)
            {
                result.AddError($"--in-flight must lie within 1 and {InFlightLimit}.");
            }
        });
        _site.Validators.Add(result =>
        {
            if (Keys.KeyPath.Fault(result.GetValueOrDefault<string>(), 1) is { } fault)
            {
                result.AddError($"--site '{result.GetValueOrDefault<string>()}' is no site key: {fault}; expected a form like '{site}'.");
            }
        });
        command.Arguments.Add(_folder);
        command.Options.Add(_speed);
        command.Options.Add(_inFlight);
        command.Options.Add(_perFile);
        command.Options.Add(_site);
        _broker = new BrokerOptions(command);
        _grid = new GridOptions(command);
    }

    public SiteKey Site(ParseResult parsed) => SiteKey.Parse(parsed.GetValue(_site)!);

    public bool PerFile(ParseResult parsed) => parsed.GetValue(_perFile);

    /// <exception cref="CommandFault">There is no such folder.</exception>
    public string Folder(ParseResult parsed)
    {
        var folder = parsed.GetValue(_folder)!;
        return Directory.Exists(folder)
            ? folder
            : throw new CommandFault($"There is no folder '{folder}'; expected the data set's, such as ../shared/data/skab/dev.", ExitCode.Refused);
    }

    /// <summary>Runs a replay as the command line says.</summary>
    public async Task<ReplayOutcome> RunAsync(
        ParseResult parsed, Terminal terminal, string title, IReadOnlyList<Recording> recordings, string feature, CancellationToken cancellationToken)
    {
        var patience = _grid.Timeout(parsed);
        await using var grid = await _grid.ConnectAsync(parsed, cancellationToken);
        using var client = await _broker.ConnectAsync(parsed, patience, cancellationToken);
        var sender = new ReplaySender(client, parsed.GetValue(_inFlight), parsed.GetValue(_speed), patience);
        var outcome = await new ReplayRun(grid, sender, terminal, patience).RunAsync(Site(parsed), title, recordings, feature, cancellationToken);
        await TellAsync(terminal.Out, recordings.Count, outcome);
        return outcome;
    }

    private static async Task TellAsync(TextWriter output, int recordings, ReplayOutcome outcome)
    {
        var seconds = outcome.Sending.TotalSeconds;
        await output.WriteLineAsync(
            $"{recordings} recordings: {outcome.Rows} rows, {outcome.Samples} samples in {outcome.Batches} messages, acknowledged "
            + FormattableString.Invariant($"in {seconds:0.00} s ({outcome.Rows / seconds:0} rows/s, {outcome.Samples / seconds:0} samples/s)."));
        await output.WriteLineAsync(outcome.Duplicates == outcome.Batches
            ? $"Duplicates: all {outcome.Batches} messages. Nothing changed."
            : $"Duplicates: {outcome.Duplicates} of {outcome.Batches} messages.");
        var on = outcome.Accelerators.Length > 0 ? string.Join(", ", outcome.Accelerators) : "no accelerator since the silo started";
        await output.WriteLineAsync(FormattableString.Invariant($"Analysed by the twins after {outcome.Analysing.TotalSeconds:0.00} s on {on}."));
    }
}
