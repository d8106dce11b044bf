using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>The newest launches of a device, so that a traced job can say what it waited for. Written and read by the owner thread.</summary>
internal sealed class LaunchHistory(TimeProvider time)
{
    private const int Kept = 16, OperationsMax = 1_024;
    private const double NewestShare = 0.1;

    private readonly Entry[] _newest = new Entry[Kept];
    private readonly Dictionary<Operation, double> _usualMs = [];
    private int _next;

    /// <summary>Notes a launch that is over.</summary>
    public void Add(Operation operation, JobClass jobClass, int windows, long began, long ended, double? cpuMs)
    {
        _newest[_next] = new Entry(operation, jobClass, windows, began, ended, cpuMs);
        _next = (_next + 1) % Kept;
        if (_usualMs.Count >= OperationsMax)
            _usualMs.Clear();
        var ms = time.GetElapsedTime(began, ended).TotalMilliseconds;
        _usualMs[operation] = _usualMs.TryGetValue(operation, out var usual) ? usual + (NewestShare * (ms - usual)) : ms;
    }

    /// <summary>What launches of an operation have taken of late, milliseconds; null before the first.</summary>
    public double? UsualMs(Operation operation) => _usualMs.TryGetValue(operation, out var ms) ? ms : null;

    /// <summary>What the device did since a moment, of the launches that are kept; null where it did nothing.</summary>
    public Busy? Since(long timestamp)
    {
        var (launches, overlap, longest) = (0, 0L, default(Entry));
        foreach (var entry in _newest)
        {
            if (entry.Ended <= timestamp || entry.Operation is null)
                continue;
            launches++;
            overlap += entry.Ended - Math.Max(entry.Began, timestamp);
            if (longest.Operation is null || entry.Ended - entry.Began > longest.Ended - longest.Began)
                longest = entry;
        }

        return launches == 0
            ? null
            : new Busy(
                launches, time.GetElapsedTime(0, overlap).TotalMilliseconds, longest.Operation!.Name, longest.Class, longest.Windows,
                time.GetElapsedTime(longest.Began, longest.Ended).TotalMilliseconds, longest.CpuMs);
    }

    /// <summary>What a device did while a job waited.</summary>
    /// <param name="Launches">Launches, the one that was under way included.</param>
    /// <param name="OverlapMs">How long they took of the wait.</param>
    /// <param name="Operation">The longest one's operation.</param>
    /// <param name="Class">Its class.</param>
    /// <param name="Windows">Its windows.</param>
    /// <param name="LaunchMs">How long it took in all.</param>
    /// <param name="CpuMs">How long of that the device's thread had a processor; null where that was not measured.</param>
    internal readonly record struct Busy(int Launches, double OverlapMs, string Operation, JobClass Class, int Windows, double LaunchMs, double? CpuMs);

    private readonly record struct Entry(Operation? Operation, JobClass Class, int Windows, long Began, long Ended, double? CpuMs);
}
