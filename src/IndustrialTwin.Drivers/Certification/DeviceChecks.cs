using System.Diagnostics;
using IndustrialTwin.Conformance;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Certification;

/// <summary>How the driver behaves below a device's queue, whatever way it is reached.</summary>
/// <param name="driver">The driver.</param>
/// <param name="device">Its device, open.</param>
/// <param name="driverProcessId">Its process; this one for a driver that lives here, null where it is not known.</param>
internal sealed class DeviceChecks(NamedDriver driver, IComputeDevice device, Func<int?> driverProcessId)
{
    private const int Callers = 16;
    private const int RoundsOfCaller = 8;
    private const int Jobs = 1_500;
    private const int Reopenings = 20;
    private const long GrowthMax = 64 << 20;
    private const int HandlesMax = 8;

    private readonly double _tolerance = AgreementChecks.ToleranceOf(device.Description);

    public IEnumerable<Check> All()
    {
        yield return new Check("jobs of many callers at once", ManyCallersAsync);
        yield return new Check("a job that is given up", GivenUpAsync);
        yield return new Check("opened and closed again and again", ReopenedAsync);
        yield return new Check("memory over many jobs", KeepsItsMemoryAsync);
    }

    private OperationCase[] Cases => [.. ConformanceSuite.All.Select(entry => OperationCase.Of(entry.Case)).Where(known => device.Description.CanRun(known.Operation))];

    private static int SizeOf(OperationCase known) => known.Operation.Name.StartsWith("hotelling", StringComparison.Ordinal) ? 4 : 64;

    private async Task<string> ManyCallersAsync(CancellationToken cancellationToken)
    {
        var cases = Cases;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(
            async () =>
            {
                for (var round = 0; round < RoundsOfCaller; round++)
                    await RightAsync(cases[(caller + round) % cases.Length], 1 + (caller % 5), cancellationToken).ConfigureAwait(false);
            },
            cancellationToken))).ConfigureAwait(false);
        return $"{Callers * RoundsOfCaller * 3} jobs of {cases.Length} kinds, all right";
    }

    private async Task<string> GivenUpAsync(CancellationToken cancellationToken)
    {
        var known = Cases[0];
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var begun = known.CheckAsync(device, 64, SizeOf(known), _tolerance, giveUp.Token);
        await giveUp.CancelAsync().ConfigureAwait(false);
        await ((Task)begun).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await RightAsync(known, 7, cancellationToken).ConfigureAwait(false);
        return "the next one is right";
    }

    private async Task<string> ReopenedAsync(CancellationToken cancellationToken)
    {
        // The first few make what is made once.
        await Task.Run(() => Reopen(3), cancellationToken).ConfigureAwait(false);
        var before = Handles();
        await Task.Run(() => Reopen(Reopenings), cancellationToken).ConfigureAwait(false);
        for (var waited = Stopwatch.GetTimestamp(); Handles() - before > HandlesMax; await Task.Delay(20, cancellationToken).ConfigureAwait(false))
        {
            if (Stopwatch.GetElapsedTime(waited) > TimeSpan.FromSeconds(5))
                throw new CheckException($"{Handles() - before} more files are open after {Reopenings} times; expected {HandlesMax} at most");
        }

        await RightAsync(Cases[0], 1, cancellationToken).ConfigureAwait(false);
        return before is null ? $"{Reopenings} times" : $"{Reopenings} times, {before} open files before and {Handles()} after";

        void Reopen(int times)
        {
            for (var i = 0; i < times; i++)
                driver.Driver.Open(driver.Id).Dispose();
        }
    }

    private async Task<string> KeepsItsMemoryAsync(CancellationToken cancellationToken)
    {
        var cases = Cases;
        await LaunchAsync(Jobs).ConfigureAwait(false);
        var before = MemoryBytes();
        await LaunchAsync(Jobs).ConfigureAwait(false);
        if (before is null || MemoryBytes() is not { } after)
            throw new CheckException("the system does not tell the memory of the driver's process", Verdict.NotChecked);
        var growth = after - before.Value;
        return growth <= GrowthMax
            ? $"{growth / 1024.0 / 1024:0.0} MiB more after {Jobs} jobs"
            : throw new CheckException($"{growth >> 20} MiB more after {Jobs} jobs; expected {GrowthMax >> 20} at most");

        async Task LaunchAsync(int jobs)
        {
            for (var i = 0; i < jobs; i += 3)
                await RightAsync(cases[i / 3 % cases.Length], 1, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RightAsync(OperationCase known, int batch, CancellationToken cancellationToken)
    {
        var result = await known.CheckAsync(device, batch, SizeOf(known), _tolerance, cancellationToken).ConfigureAwait(false);
        if (result.Failure is { } failure)
            throw new CheckException($"{known.Operation.Name}, batch {batch}: {failure}");
    }

    private long? MemoryBytes()
    {
        if (driverProcessId() is not { } id)
            return null;
        if (id == Environment.ProcessId)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetProcessById(id);
        return process.WorkingSet64;
    }

    private int? Handles() => driverProcessId() is { } id && Directory.Exists($"/proc/{id}/fd") ? Directory.GetFileSystemEntries($"/proc/{id}/fd").Length : null;
}
