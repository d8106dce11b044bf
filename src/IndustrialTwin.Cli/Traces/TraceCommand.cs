using System.CommandLine;
using System.Net;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Traces;

/// <summary><c>itwin trace</c>: takes traces where no collector is at hand, and shows them where no store is.</summary>
internal sealed class TraceCommand : Command
{
    private const int Shown = 5;

    public TraceCommand(Terminal terminal)
        : base("trace", "Takes traces of silos where no collector is at hand, and shows them where no store is. Needs no grid.")
    {
        Subcommands.Add(Show(terminal));
        Subcommands.Add(Receive(terminal));
    }

    private static Command Show(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = "OTLP as JSON lines: of 'itwin trace receive', or of the collector's file exporter." };
        var trees = new Option<int>("--trees") { Description = $"How many traces to show as trees: of those that the commonest cause explains, the ones nearest to the median; {Shown} where it is not given.", DefaultValueFactory = _ => Shown, HelpName = "n" };
        var slowest = new Option<bool>("--slowest") { Description = "Show the slowest traces as trees instead." };
        var from = new Option<double>("--from") { Description = "Only traces that began so many seconds or more after the file's first: skips a silo's start, when first launches and young code are slow.", HelpName = "seconds" };
        var machine = new Option<string?>("--machine") { Description = "Only traces of this machine.", HelpName = "key" };
        var missed = new Option<bool>("--missed") { Description = "Only traces with a decision that missed its deadline." };
        var trace = new Option<string?>("--trace") { Description = "Only the trace whose id begins so.", HelpName = "id" };
        var command = new Command("show", "How many late decisions each cause explains, tables of what took how long, and traces as trees.") { file, from, trees, slowest, machine, missed, trace };
        command.SetAction(async (parsed, _) =>
        {
            var all = RecordedTrace.Of(TraceFile.Read(parsed.GetValue(file)!));
            var originNs = all.Select(found => found.StartNs).DefaultIfEmpty().Min();
            var traces = all.Where(found =>
                (parsed.GetValue(machine) is not { } key || found.Machine == key)
                && (parsed.GetValue(trace) is not { } id || found.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))
                && (found.StartNs - originNs) / 1e9 >= parsed.GetValue(from)
                && (!parsed.GetValue(missed) || found.Decisions.Any(decision => decision.IsMissed))).ToList();
            if (traces.Count == 0)
            {
                throw new CommandFault($"'{parsed.GetValue(file)}' has no such trace.", ExitCode.Refused);
            }

            var late = new LateDecisions(traces.SelectMany(found => found.Decisions));
            await TraceText.SummaryAsync(terminal.Out, traces, late, originNs);
            // Decisions first, if there are any. A miss whose message was not traced has one span, which tells little beside a whole trace.
            var slow = traces.OrderByDescending(found => found.Decisions.Count > 0).ThenByDescending(found => found.Spans.Count > 1).ThenByDescending(found => found.DecidedMs);
            foreach (var found in (parsed.GetValue(slowest) || late.Count == 0 ? slow : late.Typical()).Take(parsed.GetValue(trees)))
            {
                await TraceText.TreeAsync(terminal.Out, found, originNs);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Receive(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = "Where to write; what it has is kept." };
        var port = new Option<int>("--port") { Description = "The loopback port to listen on, OTLP over HTTP; 4318 where it is not given.", DefaultValueFactory = _ => 4318, HelpName = "n" };
        var command = new Command("receive", "Listens for OTLP on a loopback port and writes the traces to a file, until it is interrupted.") { file, port };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var receiver = Started(parsed.GetValue(port), parsed.GetValue(file)!);
            await terminal.Error.WriteLineAsync($"A silo sends here with {string.Join(' ', receiver.Settings.Select(setting => $"{setting.Key}={setting.Value}"))}");
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await terminal.Error.WriteLineAsync($"{receiver.Requests} requests with traces were written to {parsed.GetValue(file)}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static TraceReceiver Started(int port, string file)
    {
        try
        {
            return TraceReceiver.Start(port, file);
        }
        catch (HttpListenerException fault)
        {
            throw new CommandFault($"--port is {port}, which cannot be listened on: {fault.Message}", ExitCode.Refused, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault($"'{file}' cannot be written: {fault.Message}", ExitCode.Refused, fault);
        }
    }
}
