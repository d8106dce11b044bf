using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Chaos;

/// <summary>Ten times the callers that bring the cluster to its peak, each asking again at once when it is refused.</summary>
internal sealed class OverloadFault : Fault
{
    private const int Crowd = 64, Times = 10;
    private const int CallersMin = 32, CallersMax = 1_024;

    public override string Name => "overload";

    public override string Title => "10 × overload with retries";

    public override string MustHold => "goodput ≥ 90 % of peak; control misses < 0.1 %; normal ≤ 10 s after";

    public override async Task TryAsync(Trial trial)
    {
        var cluster = await trial.Run.ClusterAsync();
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        var crowd = $"{trial.Site}-crowd";
        var machines = Enumerable.Range(0, Crowd).Select(number => Plant.Machine(crowd, number)).ToArray();
        await Task.WhenAll(machines.Select(machine => load.Client.GetGrain<IMachineGrain>(machine.Value).Apply(Plant.Declaration(machine, "1", TimeSpan.FromSeconds(1)) with { Controls = [] })));
        var (span, sequences) = (TimeSpan.FromSeconds(trial.IsLong ? 20 : 4), new long[Crowd]);
        var attempts = new Counter();
        var (peak, callers) = (0.0, 0);
        await GoodputAsync(load, machines, sequences, CallersMin, span * 2, attempts); // The code is compiled as it gets warm.
        for (var count = CallersMin; count <= CallersMax; count *= 2)
        {
            var reached = await GoodputAsync(load, machines, sequences, count, span, attempts);
            trial.Say($"{count} callers: {reached:n0} batches/s");
            var isMore = reached > peak * 1.05;
            (peak, callers) = isMore ? (reached, count) : (peak, callers);
            if (!isMore)
            {
                break;
            }
        }

        var calm = Trial.Quantile(load.Outages(Clock.Now - span, Clock.Now), 0.5);
        var before = await Decisions.OfAsync(cluster);
        attempts = new Counter();
        var goodput = await GoodputAsync(load, machines, sequences, callers * Times, span * 2, attempts);
        var ended = Clock.Now;
        var after = await Decisions.OfAsync(cluster);
        trial.Must(goodput >= 0.9 * peak,
            $"peak {peak:n0} batches/s with {callers} callers; with {callers * Times} callers {goodput:n0} batches/s ({goodput / peak:0.00} of the peak), {attempts.Value:n0} attempts");
        var (decided, missed) = (after.All - before.All, after.Missed - before.Missed);
        trial.Must(decided > 0 && missed < 0.001 * decided, $"control: {missed} of {decided:n0} decisions missed (deadline {load.Plan.ControlDeadline.TotalSeconds:0} s)");
        var normal = await Clock.UntilAsync(
            () => Task.FromResult(Trial.Quantile(load.Outages(Clock.Now - TimeSpan.FromSeconds(1), Clock.Now), 0.99) <= (calm * 2) + TimeSpan.FromMilliseconds(100)
                && Clock.Now - ended > TimeSpan.FromSeconds(1)),
            TimeSpan.FromSeconds(30));
        trial.Must(normal <= TimeSpan.FromSeconds(10), $"normal {normal?.TotalSeconds:0.0} s after");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }

    /// <summary>Batches acknowledged in a second by so many callers, who each send one after the other.</summary>
    private static async Task<double> GoodputAsync(Load load, MachineKey[] machines, long[] sequences, int callers, TimeSpan span, Counter attempts)
    {
        var (until, done) = (Clock.Now + span, new Counter());
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var number = caller % machines.Length;
            var machine = load.Client.GetGrain<IMachineGrain>(machines[number].Value);
            while (Clock.Now < until)
            {
                var batch = Plant.Batch(machines[number], Interlocked.Increment(ref sequences[number]) - 1);
                for (var isDone = false; !isDone && Clock.Now < until;)
                {
                    attempts.Add();
                    try
                    {
                        isDone = (await machine.Observe(batch)).Outcome is ObserveOutcome.Accepted or ObserveOutcome.Duplicate;
                    }
                    catch (Exception)
                    {
                        await Task.Delay(10); // Refused: again.
                    }

                    if (isDone && Clock.Now <= until)
                    {
                        done.Add();
                    }
                }
            }
        }));
        return done.Value / span.TotalSeconds;
    }

    private sealed class Counter
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Add() => Interlocked.Increment(ref _value);
    }
}
