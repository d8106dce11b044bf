using System.Runtime.InteropServices;
using IndustrialTwin.Audit;
using IndustrialTwin.Demonstration;
using IndustrialTwin.Hosting;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Plants;
using IndustrialTwin.Purges;
using IndustrialTwin.Samples;
using IndustrialTwin.Security;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Starting;

/// <summary>
/// <c>purge &lt;machine&gt;</c> as the program's first arguments says what the store holds of a retired machine, and with <c>--yes</c>
/// removes it for good. The audit log tells of it, before and after.
/// </summary>
internal static class PurgeCommand
{
    /// <summary>The argument.</summary>
    public const string Name = "purge";

    /// <summary>The argument without which nothing is removed.</summary>
    public const string Yes = "--yes";

    private const int OperatorLengthMax = 100;

    /// <summary>Says what there is, or removes it.</summary>
    /// <param name="machine">The machine's key, or null where none was given.</param>
    /// <param name="isConfirmed">Whether it is to be removed.</param>
    /// <param name="configuration">The silo's settings, and <c>operator</c>.</param>
    /// <param name="output">Where to say it.</param>
    /// <param name="rowsAtOnce">Rows that one transaction removes at most.</param>
    /// <param name="heard">Hears, after each commit, what it removed.</param>
    /// <param name="cancellationToken">Ends it between two transactions; run again, it goes on.</param>
    /// <exception cref="StartException">It cannot be done; the message says what to do.</exception>
    /// <exception cref="FormatException">The machine's key is none.</exception>
    public static async Task RunAsync(
        string? machine, bool isConfirmed, IConfiguration configuration, TextWriter output,
        int rowsAtOnce = PurgeStore.RowsAtOnce, Action<HistoryCounts>? heard = null, CancellationToken cancellationToken = default)
    {
        var storage = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        var security = configuration.GetSection(SecurityOptions.Section).Get<SecurityOptions>() ?? new SecurityOptions();
        var cluster = configuration.GetSection(GridClusterOptions.Section).Get<GridClusterOptions>() ?? new GridClusterOptions();
        StartChecks.Rules(storage);
        StartChecks.Rules(security);
        StartChecks.Rules(cluster);
        var key = MachineKey.Parse(machine ?? throw new StartException($"'{Name}' names no machine; expected '{Name} <site>/<line>/<machine>'."));
        if (storage.Engine == StorageEngine.Sqlite && !File.Exists(storage.Path))
        {
            throw new StartException($"Storage:Path is '{storage.Path}', which is not there; expected the file of a silo.");
        }

        RefuseDeclared(key, configuration);
        var who = Who(configuration["operator"]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var removed = new HistoryCounts();
        await using var store = await PurgeStore.OpenAsync(storage, key, cluster.ServiceId, !isConfirmed, rowsAtOnce, Add, stop.Token);
        var found = await store.CountAsync(stop.Token) ?? throw new StartException($"The store knows nothing of {key}; expected a machine that it holds something of. Look at the spelling.");
        if (await store.IsDeclaredAsync(stop.Token))
        {
            throw PurgeStore.Declared(key);
        }

        if (!isConfirmed)
        {
            await output.WriteLineAsync(found == new HistoryCounts() ? $"Nothing of {key} is left." : $"{key}: {found}. Nothing was removed; add {Yes} to remove it for good.");
            return;
        }

        var keys = AccessHosting.Keys(security, storage, isRequired: true);
        await using var database = AccessHosting.Open(storage);
        var audit = new AuditLog(database, keys);
        await RecordAsync(AuditOutcome.Allowed, $"begins; there is: {found}", stop.Token);
        await output.WriteLineAsync($"Purging {key}: {found}.");
        string? said;
        try
        {
            await store.RemoveAsync(stop.Token);
            said = await store.ScrubAsync(stop.Token);
        }
        catch (Exception fault)
        {
            var isStopped = stop.IsCancellationRequested;
            try
            {
                await RecordAsync(AuditOutcome.Failed, $"{(isStopped ? "was stopped" : $"failed ({fault.GetType().Name})")}; removed: {removed}", CancellationToken.None);
            }
            catch (LogUnavailableException) // With the rest of the database; that it was begun is written, and that it ended is not.
            {
            }

            if (isStopped)
            {
                throw new StartException($"The purge of {key} was stopped; removed: {removed}. Run it again to go on.", fault);
            }

            throw;
        }

        await RecordAsync(AuditOutcome.Allowed, $"has ended; removed: {removed}", CancellationToken.None);
        await output.WriteLineAsync($"Purged: {key}, {removed}.{(said is null ? "" : " " + said)}");

        void Add(HistoryCounts more)
        {
            removed += more;
            heard?.Invoke(more);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        ValueTask RecordAsync(AuditOutcome outcome, string detail, CancellationToken token) => audit.AppendAsync(
            new AuditEvent((DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, who, Name, key.Value, outcome, detail), token);
    }

    /// <summary>What the next start would declare again is not retired, whatever the log says.</summary>
    private static void RefuseDeclared(MachineKey machine, IConfiguration configuration)
    {
        if (configuration.GetSection(PlantOptions.Section).Get<PlantOptions>()?.File is { Length: > 0 } file)
        {
            var plant = PlantFile.Read(file).Declaration ?? throw new StartException(
                $"Plant:File is '{file}', which cannot be read as a plant file, so that it is not known whether it declares {machine}; 'itwin validate' tells what is wrong with it.");
            if (Declares(plant, machine))
            {
                throw new StartException($"Plant:File is '{file}', which declares {machine}, and only what was retired can be purged. Take it out of the file, and apply or start with it.");
            }
        }

        if ((configuration.GetSection(DemonstrationOptions.Section).Get<DemonstrationOptions>()?.Enabled ?? false)
            && PlantFile.Parse("the demonstration's plant.yaml", DemonstrationPlant.PlantFile).Declaration is { } demonstration && Declares(demonstration, machine))
        {
            throw new StartException($"Demonstration:Enabled is true, and the demonstration declares {machine} at each start. Set it to false, and retire the machine.");
        }
    }

    private static bool Declares(SiteDeclaration plant, MachineKey machine) => plant.Lines.Any(line => line.Machines.Any(declared => declared.Machine == machine));

    private static string Who(string? name)
    {
        var user = $"{Environment.UserName} on {Environment.MachineName}";
        return name is null ? user
            : name.Length is > 0 and <= OperatorLengthMax && !name.Any(char.IsControl) ? $"{name} ({user})"
            : throw new StartException($"--operator has {name.Length} characters, or some that cannot be shown; expected 1 to {OperatorLengthMax} that can.");
    }
}
