namespace IndustrialTwin.Devices;

/// <summary>
/// Jobs that enter the queue together, when the group is closed: an idle device would else launch the first of them before the others are
/// there. Jobs that come later enter at once. Any thread may use it.
/// </summary>
public sealed class JobGroup : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(OwnedDevice Device, Job First, Job Last)> _chains = [];
    private bool _isClosed;

    /// <summary>Closes the group: its jobs enter the queue.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isClosed = true;
        foreach (var (device, first, _) in _chains)
            device.Accept(first);
        _chains.Clear();
    }

    /// <summary>Keeps a job until the group is closed. False where it is closed.</summary>
    internal bool TryAdd(OwnedDevice device, Job job)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            var at = _chains.FindIndex(chain => ReferenceEquals(chain.Device, device));
            if (at < 0)
            {
                _chains.Add((device, job, job));
                return true;
            }

            var (_, first, last) = _chains[at];
            last.Next = job;
            _chains[at] = (device, first, job);
            return true;
        }
    }
}
