using IndustrialTwin.Machines;

namespace IndustrialTwin.Chaos;

/// <summary>
/// One machine's device: a batch falls due at every interval whatever became of those before (an open loop), and each is sent again
/// under its own sequence until it is acknowledged.
/// </summary>
internal sealed class Sender(MachineKey machine, bool isMqtt, IWay way, TimeSpan interval, TimeSpan first)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100), PauseMax = TimeSpan.FromSeconds(1);

    private readonly List<Sending> _sendings = [];
    private TimeSpan _due = first;
    private int _open;

    public MachineKey Machine => machine;

    /// <summary>Whether acknowledgements are the broker's; else they are the twin's own.</summary>
    public bool IsMqtt => isMqtt;

    public IReadOnlyList<Sending> Sendings => _sendings;

    /// <summary>Batches that are not acknowledged yet.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>When event time begins; recorded data where it is <see cref="Plant.StartUs"/>.</summary>
    public long StartUs { get; init; } = Plant.StartUs;

    /// <summary>Sends what is due.</summary>
    public void Step(TimeSpan now, TimeSpan every, CancellationToken abandon)
    {
        while (_due <= now)
        {
            var sending = new Sending(_sendings.Count, _due);
            lock (_sendings)
            {
                _sendings.Add(sending);
            }

            Interlocked.Increment(ref _open);
            _ = SendAsync(sending, abandon);
            _due += every == default ? interval : every;
        }
    }

    /// <summary>After a pause nothing of the time between falls due.</summary>
    public void SkipTo(TimeSpan now) => _due = _due < now ? now : _due;

    /// <summary>The batches, safe to look at while it sends.</summary>
    public Sending[] Snapshot()
    {
        lock (_sendings)
        {
            return [.. _sendings];
        }
    }

    private async Task SendAsync(Sending sending, CancellationToken abandon)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var batch = Plant.Batch(machine, sending.Sequence, StartUs);
        for (var pause = PauseMin; !abandon.IsCancellationRequested; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            sending.Tried();
            try
            {
                if (await way.SendAsync(batch, abandon))
                {
                    sending.Acknowledge(Clock.Now);
                    Interlocked.Decrement(ref _open);
                    return;
                }
            }
            catch (Exception)
            {
                // Whether it is stored is not known; the same is sent again.
            }

            await Task.Delay(pause, CancellationToken.None);
        }
    }
}
