using System.Runtime.CompilerServices;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using IndustrialTwin.Work;

namespace IndustrialTwin.Grid;

/// <summary>What all fake twins share: their key, their faults, and a stream of changes.</summary>
public abstract class FakeGrain(FakePlant plant) : Grain
{
    protected FakePlant Plant => plant;

    protected string Key => this.GetPrimaryKeyString();

    protected async Task<T> Answer<T>(Func<T> read)
    {
        plant.ThrowIfFaulty(Key);
        if (plant.Slow.TryGetValue(Key, out var time))
        {
            await Task.Delay(time);
        }

        return read();
    }

    protected async IAsyncEnumerable<T> Follow<T>(Func<T> read, TimeSpan interval, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        plant.Watches.AddOrUpdate(Key, 1, (_, times) => times + 1);
        plant.Streams.AddOrUpdate(Key, 1, (_, open) => open + 1);
        try
        {
            while (true)
            {
                plant.ThrowIfFaulty(Key);
                var next = plant.Next;
                yield return read();
                if (plant.Broken.TryRemove(Key, out _))
                {
                    throw new InvalidOperationException("The stream broke.");
                }

                if (plant.Stuck.ContainsKey(Key))
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }

                await Task.Delay(interval, cancellationToken);
                await next.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            plant.Streams.AddOrUpdate(Key, 0, (_, open) => open - 1);
        }
    }
}

[GrainType("itwin.enterprise")]
public sealed class FakeEnterpriseGrain(FakePlant plant) : FakeGrain(plant), IEnterpriseGrain
{
    public Task RegisterSite(SiteKey site) => Task.CompletedTask;

    public Task RegisterNode(NodeKey node) => Task.CompletedTask;

    public Task RegisterQueue(WorkQueueKey queue) => Task.CompletedTask;

    public Task RegisterAccelerators(NodeKey node, AcceleratorKey[] accelerators) => Task.CompletedTask;

    public Task<EnterpriseSnapshot> GetSnapshot() => Answer(Plant.Enterprise);
}

[GrainType("itwin.site")]
public sealed class FakeSiteGrain(FakePlant plant) : FakeGrain(plant), ISiteGrain
{
    public Task<ApplyReply> Apply(SiteDeclaration declaration, CancellationToken cancellationToken) => Task.FromResult(ApplyReply.None);

    public Task Report(LineSummary summary) => Task.CompletedTask;

    public Task<SiteSnapshot> GetSnapshot() => Answer(() => Plant.Site(Key));

    public IAsyncEnumerable<SiteSnapshot> Watch(TimeSpan interval, CancellationToken cancellationToken) => Follow(() => Plant.Site(Key), interval, cancellationToken);
}

[GrainType("itwin.line")]
public sealed class FakeLineGrain(FakePlant plant) : FakeGrain(plant), ILineGrain
{
    public Task<ApplyReply> Apply(LineDeclaration declaration, CancellationToken cancellationToken) => Task.FromResult(ApplyReply.None);

    public Task<ApplyReply> Retire(CancellationToken cancellationToken) => Task.FromResult(ApplyReply.None);

    public Task Report(MachineSummary summary) => Task.CompletedTask;

    public Task<LineSnapshot> GetSnapshot() => Answer(() => Plant.Line(Key));

    public IAsyncEnumerable<LineSnapshot> Watch(TimeSpan interval, CancellationToken cancellationToken) => Follow(() => Plant.Line(Key), interval, cancellationToken);
}

[GrainType("itwin.machine")]
public sealed class FakeMachineGrain(FakePlant plant) : FakeGrain(plant), IMachineGrain
{
    public Task<ObserveReply> Observe(SampleBatch batch, CancellationToken cancellationToken) => Task.FromResult(ObserveReply.Duplicate);

    public Task<bool> Apply(MachineDeclaration declaration, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> Retire(CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<MachineSnapshot> GetSnapshot() => Answer(Snapshot);

    public Task<SampleSeries> GetSamples(SampleQuery query, CancellationToken cancellationToken) => Answer(() =>
    {
        var (times, values, more) = Wave.Of(query, Snapshot().Channels.Single(channel => channel.Channel == query.Name).Value);
        return new SampleSeries(times, values, more);
    });

    public Task<FeatureSeries> GetFeature(SampleQuery query, CancellationToken cancellationToken) => Answer(() =>
    {
        var feature = Snapshot().Features.Single(one => one.Feature == query.Name);
        var (times, values, more) = Wave.Of(query, feature.Value);
        values[0] = double.NaN;
        return new FeatureSeries(times, values, values, [.. values.Select(value => value > feature.Limit)], more);
    });

    public Task<AlarmReply> CommandAlarm(AlarmCommand command, CancellationToken cancellationToken)
    {
        Plant.Commands.Enqueue(command);
        var machine = Snapshot();
        if (machine.Alarms.SingleOrDefault(one => one.Name == command.Alarm) is not { } alarm)
        {
            return Task.FromResult(new AlarmReply(false, $"{Key}: it has no alarm '{command.Alarm}'.", null));
        }

        if (command.Action == AlarmAction.Acknowledge && alarm.Condition == AlarmCondition.Acknowledged)
        {
            return Task.FromResult(new AlarmReply(false, $"{Key}: alarm '{alarm.Name}' has nothing to acknowledge.", alarm));
        }

        var after = command.Action switch
        {
            AlarmAction.Shelve => alarm with { Condition = AlarmCondition.Shelved, ShelvedUntilUs = Wave.NowUs + ((long)command.ShelveFor!.Value.TotalMilliseconds * 1000) },
            AlarmAction.Unshelve => alarm with { Condition = AlarmCondition.Unacknowledged, ShelvedUntilUs = null },
            _ => alarm with { Condition = AlarmCondition.Acknowledged, AcknowledgedBy = command.Operator },
        };
        AlarmSnapshot[] Replaced(AlarmSnapshot[] alarms) => [.. alarms.Select(one => one.Name == alarm.Name ? after : one)];
        Plant.Set(machine with { Alarms = Replaced(machine.Alarms), Summary = machine.Summary with { Alarms = Replaced(machine.Summary.Alarms) } });
        return Task.FromResult(new AlarmReply(true, null, after));
    }

    public IAsyncEnumerable<MachineSnapshot> Watch(TimeSpan interval, CancellationToken cancellationToken) => Follow(Snapshot, interval, cancellationToken);

    private MachineSnapshot Snapshot() => Plant.Machines.TryGetValue(Key, out var machine) ? machine : Example.Nothing(MachineKey.Parse(Key));
}

[GrainType("itwin.node")]
public sealed class FakeNodeGrain(FakePlant plant) : FakeGrain(plant), INodeGrain
{
    public Task<NodeSnapshot> GetSnapshot() => Answer(() => Plant.Nodes[Key]);
}

[GrainType("itwin.accelerator")]
public sealed class FakeAcceleratorGrain(FakePlant plant) : FakeGrain(plant), IAcceleratorGrain
{
    public Task<ComputeReply> Run(ComputeRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task Open(WorkQueueKey[] queues) => throw new NotSupportedException();

    public Task<LaunchCost> Serve(WorkQueueKey queue) => throw new NotSupportedException();

    public Task<bool> Give(WorkQueueKey queue, WorkBatch batch) => throw new NotSupportedException();

    public Task<JobBid> Bid(JobDemand demand) => throw new NotSupportedException();

    public Task<ComputeReply> RunJob(ComputeRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StolenJob> Steal(AcceleratorKey thief, KernelCost[] costs) => throw new NotSupportedException();

    public Task CompleteStolen(long number, ComputeReply reply) => throw new NotSupportedException();

    public Task<AcceleratorSnapshot> GetSnapshot() => Answer(() => Plant.Accelerators[Key]);
}

[GrainType("itwin.work-queue")]
public sealed class FakeWorkQueueGrain(FakePlant plant) : FakeGrain(plant), IWorkQueueGrain
{
    public Task<ComputeReply> Submit(ComputeRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> Outlook(int units, ComputeClass requestClass, DateTimeOffset? deadline) => throw new NotSupportedException();

    public Task Calibrate(AcceleratorKey accelerator, LaunchCost cost) => throw new NotSupportedException();

    public Task Meet(AcceleratorKey accelerator, long freeInUs) => throw new NotSupportedException();

    public Task<WorkOffer> Probe(WorkPull pull) => throw new NotSupportedException();

    public Task<WorkBatch> Take(WorkPull pull) => throw new NotSupportedException();

    public Task Complete(long lease, AcceleratorKey accelerator, LaunchCost cost, WorkResult[] results) => throw new NotSupportedException();

    public Task GiveBack(long lease) => throw new NotSupportedException();

    public Task<WorkQueueSnapshot> GetSnapshot() => Answer(() => Plant.Queues[Key]);
}

/// <summary>A believable series, the same at every call: one point a second, or as far as asked.</summary>
internal static class Wave
{
    private const long StepUs = 1_000_000;
    private const long LongestUs = 6 * 3600 * StepUs;

    public static long NowUs => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static (long[] TimesUs, double[] Values, bool More) Of(SampleQuery query, double newest)
    {
        var to = Math.Min(query.ToUs, NowUs);
        var first = (Math.Max(query.FromUs, to - LongestUs) + StepUs - 1) / StepUs;
        var count = (int)Math.Max(1, Math.Min(query.PointsMax, (to / StepUs) - first + 1));
        long[] times = [.. Enumerable.Range(0, count).Select(index => (first + index) * StepUs)];
        double[] values = [.. times.Select(time => At(time / 1e6, newest))];
        return (times, values, times[^1] + StepUs <= to);
    }

    private static double At(double second, double level) => level
        * (1 + (0.05 * Math.Sin(second / 97)) + (0.02 * Math.Sin(second / 11)) + (0.012 * (((Math.Sin(second * 12.9898) * 43758.5453) % 1) - 0.5)));
}
