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
        var slowest = new Option<int>("--slowest") { Description = $"How many traces to show as trees, the slowest decision first, or where there is none the slowest trace; {Shown} where it is not given.", DefaultValueFactory = _ => Shown, HelpName = "n" };
        var machine = new Option<string?>("--machine") { Description = "Only traces of this machine.", HelpName = "key" };
        var missed = new Option<bool>("--missed") { Description = "Only traces with a decision that missed its deadline." };
        var trace = new Option<string?>("--trace") { Description = "Only the trace whose id begins so.", HelpName = "id" };
        var command = new Command("show", "Tables of what took how long, then the slowest traces as trees.") { file, slowest, machine, missed, trace };
        command.SetAction(async (parsed, _) =>
        {
            var traces = RecordedTrace.Of(TraceFile.Read(parsed.GetValue(file)!)).Where(found =>
                (parsed.GetValue(machine) is not { } key || found.Machine == key)
                && (parsed.GetValue(trace) is not { } id || found.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))
                && (!parsed.GetValue(missed) || found.Decisions.Any(decision => decision.IsMissed))).ToList();
            if (traces.Count == 0)
            {
                throw new CommandFault($"'{parsed.GetValue(file)}' has no such trace.", ExitCode.Refused);
            }

            await TraceText.SummaryAsync(terminal.Out, traces);
            // Decisions first, if there are any. A miss whose message was not traced has one span, which tells little beside a whole trace.
            foreach (var found in traces.OrderByDescending(found => found.Decisions.Any()).ThenByDescending(found => found.Spans.Count > 1).ThenByDescending(found => found.DecidedMs).Take(parsed.GetValue(slowest)))
            {
                await TraceText.TreeAsync(terminal.Out, found);
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
