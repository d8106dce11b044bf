using System.CommandLine;
using IndustrialTwin.Alarms;
using IndustrialTwin.Audit;
using IndustrialTwin.Bench;
using IndustrialTwin.Certificates;
using IndustrialTwin.Drivers;
using IndustrialTwin.Gameday;
using IndustrialTwin.Identities;
using IndustrialTwin.Models;
using IndustrialTwin.Plants;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Replay;
using IndustrialTwin.Simulation;
using IndustrialTwin.Tenants;
using IndustrialTwin.Traces;
using IndustrialTwin.Twins;

namespace IndustrialTwin.CommandLine;

/// <summary>Every command there is, in the order of the help. A new command is a class in its noun's folder and a line here.</summary>
internal static class CommandList
{
    public static IEnumerable<Command> All(Terminal terminal) =>
    [
        new ValidateCommand(terminal),
        new ApplyCommand(terminal),
        new GetCommand(terminal),
        new WatchCommand(terminal),
        new AlarmsCommand(terminal),
        AlarmActionCommand.Acknowledge(terminal),
        AlarmActionCommand.Shelve(terminal),
        AlarmActionCommand.Unshelve(terminal),
        new QuarantineCommand(terminal),
        new ReplayCommand(terminal),
        new TraceCommand(terminal),
        new BenchCommand(terminal),
        new GamedayCommand(terminal),
        new SimulateCommand(terminal),
        new DriverCommand(terminal),
        new KeyCommand(terminal),
        new TenantCommand(terminal),
        new MeterCommand(terminal),
        new AuditCommand(terminal),
        new CertificatesCommand(terminal),
        new ModelCommand(terminal),
    ];
}
