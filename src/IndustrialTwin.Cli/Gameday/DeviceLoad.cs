using System.Diagnostics;
using IndustrialTwin.Bench;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Gameday;

/// <summary>
/// Devices that send a batch after another, each again and again under its own sequence until it is acknowledged, as a device with a
/// store does. What they were acknowledged is held against what is stored.
/// </summary>
internal sealed class DeviceLoad : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(200);

    private readonly Installation _place;
    private readonly MachineKey[] _machines;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stop = new(), _abandon = new();
    private readonly List<(long At, double Ms)> _answers = [];
    private readonly long[] _acknowledged;
    private readonly Task _running;
    private int _open;

    private DeviceLoad(Installation place, MachineKey[] machines, TimeSpan interval)
    {
        (_place, _machines, _interval, _acknowledged) = (place, machines, interval, new long[machines.Length]);
        _running = Task.WhenAll(Enumerable.Range(0, machines.Length).Select(RunAsync));
    }

    /// <summary>Batches acknowledged so far.</summary>
    public long Acknowledged => _acknowledged.Sum();

    /// <summary>Batches that are sent and not acknowledged.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Declares machines of a site and begins to send for them.</summary>
    public static async Task<DeviceLoad> StartAsync(Installation place, string site, int machines, TimeSpan interval, CancellationToken cancellationToken)
    {
        await using (var grid = await place.ConnectAsync(null, cancellationToken))
        {
            await Installation.DeclareAsync(grid, site, Enumerable.Range(0, machines).Select(number => DrillPlant.Machine($"{site}/line-1/m-{number}")), cancellationToken);
        }

        var load = new DeviceLoad(place, [.. Enumerable.Range(0, machines).Select(number => MachineKey.Parse($"{site}/line-1/m-{number}"))], interval);
        if (!await UntilAsync(() => load.Acknowledged >= 4 * machines, TimeSpan.FromSeconds(60), cancellationToken))
        {
            await load.DisposeAsync();
            throw new InvalidOperationException($"The installation acknowledged nothing: {place.Silo.Said}");
        }

        return load;
    }

    /// <summary>Waits until something holds, and answers whether it did in time.</summary>
    public static Task<bool> UntilAsync(Func<bool> holds, TimeSpan limit, CancellationToken cancellationToken) => Wait.UntilAsync(() => Task.FromResult(holds()), limit, cancellationToken);

    /// <summary>What the acknowledgements of a stretch of time took.</summary>
    /// <param name="from">A timestamp of <see cref="Stopwatch"/>.</param>
    public Latencies Since(long from)
    {
        lock (_answers)
        {
            return new Latencies(_answers.Where(answer => answer.At >= from).Select(answer => answer.Ms), 0);
        }
    }

    /// <summary>Sends nothing new, and waits until all that was sent is acknowledged.</summary>
    public async Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        return await Wait.UntilAsync(() => Task.FromResult(Open == 0 && _running.IsCompleted), limit, cancellationToken);
    }

    /// <summary>Drains, and notes whether all that was acknowledged is stored, and nothing twice.</summary>
    public async Task CheckAsync(Trial trial, CancellationToken cancellationToken)
    {
        var drained = await DrainAsync(TimeSpan.FromSeconds(60), cancellationToken);
        await using var grid = await _place.ConnectAsync(null, cancellationToken);
        var (acknowledged, lost, twice) = (0L, 0L, 0L);
        for (var number = 0; number < _machines.Length; number++)
        {
            var twin = grid.Grains.GetGrain<IMachineGrain>(_machines[number].Value);
            var series = await grid.CallAsync(twin.GetSamples(new SampleQuery(DrillPlant.Channel), cancellationToken), "The samples", cancellationToken);
            var counts = (await Installation.SettledAsync(grid, _machines[number], Interlocked.Read(ref _acknowledged[number]), cancellationToken)).Counts;
            var rows = Interlocked.Read(ref _acknowledged[number]) * DrillPlant.RowsPerBatch;
            var stored = series.Values.ToHashSet();
            lost += Enumerable.Range(0, (int)rows).Count(row => !stored.Contains(row));
            twice += series.Values.Length - stored.Count + Math.Max(0, counts.SamplesAccepted - series.Values.Length);
            acknowledged += rows;
        }

        trial.Must(
            drained && lost == 0 && twice == 0 && acknowledged > 0,
            $"{acknowledged} samples acknowledged, of them lost {lost}, stored twice {twice}{(drained ? string.Empty : "; not all could be delivered within 60 s")}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _abandon.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _abandon.Dispose();
    }

    private async Task RunAsync(int number)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var certificate = _place.Device(_machines[number].Value);
        DrillDevice? device = null;
        for (long sequence = 0; !_stop.IsCancellationRequested; sequence++)
        {
            var batch = DrillPlant.Batch(_machines[number], sequence);
            Interlocked.Increment(ref _open);
            for (var isDone = false; !isDone;)
            {
                var began = Stopwatch.GetTimestamp();
                try
                {
                    device ??= (await DrillDevice.TryConnectAsync(_place, _abandon.Token, certificate)).Device;
                    isDone = device is not null && (await device.SendAsync(batch, _abandon.Token).WaitAsync(AnswerTimeout, _abandon.Token)).IsSuccess;
                }
                catch (Exception) when (!_abandon.IsCancellationRequested)
                {
                    // Whether it is stored is not known: the same is sent again, on a new connection.
                    device?.Dispose();
                    device = null;
                }
                catch (Exception)
                {
                    device?.Dispose();
                    return;
                }

                if (isDone)
                {
                    lock (_answers)
                    {
                        _answers.Add((Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(began).TotalMilliseconds));
                    }
                }
                else
                {
                    await Task.Delay(Pause, _abandon.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            Interlocked.Increment(ref _acknowledged[number]);
            Interlocked.Decrement(ref _open);
            await Task.Delay(_interval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        device?.Dispose();
    }
}
