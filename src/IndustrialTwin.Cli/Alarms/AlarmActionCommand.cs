using System.CommandLine;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;
using IndustrialTwin.Machines;
using IndustrialTwin.Twins;

namespace IndustrialTwin.Alarms;

/// <summary><c>itwin ack</c>, <c>shelve</c> and <c>unshelve</c>: an operator's command to an alarm.</summary>
internal sealed class AlarmActionCommand : Command
{
    private AlarmActionCommand(string name, string description, AlarmAction action, Terminal terminal)
        : base(name, description)
    {
        var machine = new Argument<string>("machine") { Description = "The machine's key." };
        var alarm = new Argument<string>("alarm") { Description = "The alarm's name." };
        var by = new Option<string>("--operator") { Description = "Who does it.", HelpName = "name", DefaultValueFactory = _ => Environment.UserName };
        var comment = new Option<string?>("--comment") { Description = "Why.", HelpName = "text" };
        var time = TimeOption.Create("--for", "How long, 1m to 7 days.", TimeSpan.FromHours(1));
        Arguments.Add(machine);
        Arguments.Add(alarm);
        Options.Add(by);
        Options.Add(comment);
        if (action == AlarmAction.Shelve)
        {
            Options.Add(time);
        }

        var grid = new GridOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            if (!MachineKey.TryParse(parsed.GetValue(machine), out var key))
            {
                throw new CommandFault($"'{parsed.GetValue(machine)}' is no machine key; expected a form like wuhan/line-3/press-07.", ExitCode.Refused);
            }

            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var grain = await new TwinFinder(connection).MachineGrainAsync(key, cancellationToken);
            var command = new AlarmCommand(
                parsed.GetValue(alarm)!, action, parsed.GetValue(by)!, parsed.GetValue(comment), action == AlarmAction.Shelve ? parsed.GetValue(time) : null);
            var reply = await connection.CallAsync(grain.CommandAlarm(command, cancellationToken), $"Machine {key}", cancellationToken);
            if (!reply.Done)
            {
                await terminal.Error.WriteLineAsync(reply.Detail ?? $"{key}: alarm '{command.Alarm}' was left as it is.");
                return ExitCode.Refused;
            }

            await TwinText.WriteAlarmsAsync(terminal.Out, [reply.Alarm!], withMachine: true);
            return ExitCode.Done;
        });
    }

    public static AlarmActionCommand Acknowledge(Terminal terminal) =>
        new("ack", "Acknowledges an alarm: says that it was seen.", AlarmAction.Acknowledge, terminal);

    public static AlarmActionCommand Shelve(Terminal terminal) =>
        new("shelve", "Puts an alarm aside for a while; it goes on judging.", AlarmAction.Shelve, terminal);

    public static AlarmActionCommand Unshelve(Terminal terminal) =>
        new("unshelve", "Brings an alarm back before its time.", AlarmAction.Unshelve, terminal);
}
