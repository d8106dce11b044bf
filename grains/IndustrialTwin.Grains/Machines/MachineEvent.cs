using IndustrialTwin.Alarms;
using IndustrialTwin.Controls;

namespace IndustrialTwin.Machines;

/// <summary>Something other than samples that changed a twin, as it stands in the log.</summary>
[GenerateSerializer, Immutable, Alias("itwin.machine-event")]
internal abstract record MachineEvent
{
    /// <summary>The source name that a twin's own events carry in the log. No sender can use it: it is no legal source name.</summary>
    public const string Source = "";
}

/// <summary>A declaration was applied.</summary>
[GenerateSerializer, Immutable, Alias("itwin.machine-declared")]
internal sealed record MachineDeclared([property: Id(0)] MachineDeclaration Declaration) : MachineEvent;

/// <summary>The machine was taken out of its plant file.</summary>
[GenerateSerializer, Immutable, Alias("itwin.machine-retired")]
internal sealed record MachineRetired : MachineEvent;

/// <summary>An operator did something to an alarm.</summary>
[GenerateSerializer, Immutable, Alias("itwin.alarm-commanded")]
internal sealed record AlarmCommanded([property: Id(0)] AlarmCommand Command, [property: Id(1)] long AtUs) : MachineEvent;

/// <summary>An interlock acted: the command was sent before this was written.</summary>
[GenerateSerializer, Immutable, Alias("itwin.command-issued")]
internal sealed record CommandIssued([property: Id(0)] MachineCommand Command) : MachineEvent;

/// <summary>A control loop gave no decision in time for too long and falls back; its command is sent after this was written, if it can be.</summary>
[GenerateSerializer, Immutable, Alias("itwin.control-fell-back")]
internal sealed record ControlFellBack([property: Id(0)] string Control, [property: Id(1)] string Reason, [property: Id(2)] long AtUs) : MachineEvent;

/// <summary>A control loop that had fallen back decides in time again.</summary>
[GenerateSerializer, Immutable, Alias("itwin.control-returned")]
internal sealed record ControlReturned([property: Id(0)] string Control, [property: Id(1)] long AtUs) : MachineEvent;
