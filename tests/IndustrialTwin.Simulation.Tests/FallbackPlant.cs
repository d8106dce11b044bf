using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Protocols;

/// <summary>One machine with two control loops that fall back, its real twin, and virtual time: nothing here waits for a clock.</summary>
internal sealed class FallbackPlant
{
    public static readonly TimeSpan After = TimeSpan.FromSeconds(1);

    public static readonly MachineKey Press = MachineKey.Parse("site-1/line-1/press-1");

    private readonly World _world = new(7, 0);
    private readonly Turns _outside;
    private int _revision;
    private long _sequence;

    public FallbackPlant()
    {
        _outside = new Turns(_world, null);
        Cluster = new SimulatedCluster(_world, Hazards.None, Mutation.None);
    }

    public SimulatedCluster Cluster { get; }

    public TimeSpan Now => TimeSpan.FromMicroseconds(_world.NowUs);

    public IReadOnlyList<string> Violations => _world.Violations;

    public List<MachineCommand> Commands => Cluster.ActuatorOf(Press).Commands;

    public List<MachineCommand> Fallbacks => [.. Commands.Where(command => command.Fallback is not null)];

    /// <summary>What the log says of fallbacks, in its order.</summary>
    public List<MachineEvent> Told => [.. Events.Where(happened => happened is ControlFellBack or ControlReturned)];

    public Oracle OfLog => Oracle.Of(Press, Cluster.Database.RowsOf(Press).Entries, Cluster.Events);

    private IEnumerable<MachineEvent> Events => Cluster.Database.RowsOf(Press).Entries
        .Where(entry => entry.Kind == LogEntryKind.Event).Select(entry => Cluster.Events.Decode(entry.Payload));

    public static ControlDeclaration Feed { get; } = new(
        "feed", "speed", 2, Statistic.Mean, new ProportionalLaw(1_500, 0.1, 50, 0, 100), "rate", TimeSpan.FromMilliseconds(500))
    {
        Fallback = new ControlFallback("rate", 5, After, AlarmPriority.High),
    };

    /// <summary>An interlock that has no reason to act.</summary>
    public static ControlDeclaration Interlock { get; } = new(
        "interlock", "speed", 2, Statistic.Maximum, new LimitLaw(AlarmSide.High, 2_900, 2_800, 1), "stop", TimeSpan.FromMilliseconds(500))
    {
        Fallback = new ControlFallback("hold", 1, 3 * After, AlarmPriority.Low),
    };

    public MachineDeclaration Declaration(params ControlDeclaration[] controls)
    {
        var plant = new PlantDesign(1, new Random(1)).Declaration(Press, ++_revision);
        return plant with { Analyses = [], Alarms = [], Controls = controls };
    }

    /// <summary>Declares the machine.</summary>
    public void Declare(params ControlDeclaration[] controls) => Call(grain => grain.Apply(Declaration(controls), CancellationToken.None));

    /// <summary>Sends batches, one each 100 ms. With an age they have been on their way for so long.</summary>
    public void Send(int batches, TimeSpan age = default)
    {
        for (var i = 0; i < batches; i++)
        {
            var batch = Batch() with { ReceivedUs = VirtualClock.Start.Add(Now - age).ToUnixTimeMilliseconds() * 1000 };
            Post(grain => grain.Observe(batch, CancellationToken.None));
            Run(TimeSpan.FromMilliseconds(100));
        }
    }

    public SampleBatch Batch()
    {
        var times = Enumerable.Range(0, 4).Select(row => 1_700_000_000_000_000 + (((_sequence * 4) + row) * 1_000)).ToArray();
        return new SampleBatch(Press, "plc-0", 1, _sequence++, [new SampleColumn("speed", times, [1_500, 1_501, 1_499, 1_500])]);
    }

    public MachineSnapshot Look() => Call(grain => grain.GetSnapshot());

    public ControlSnapshot LookAt(ControlDeclaration control) => Look().Controls.Single(one => one.Control == control.Name);

    /// <summary>Calls the twin and runs until it has answered.</summary>
    public T Call<T>(Func<MachineGrain, Task<T>> call)
    {
        var answer = Post(call);
        Assert(_world.RunUntil(() => answer.IsCompleted, _world.NowUs + 60_000_000), "an answer");
        return answer.GetAwaiter().GetResult();
    }

    /// <summary>Lets virtual time pass.</summary>
    public void Run(TimeSpan time)
    {
        var isOver = false;
        _world.After((long)time.TotalMicroseconds, () => isOver = true);
        _world.RunUntil(() => isOver, long.MaxValue);
    }

    /// <summary>Puts the twin to sleep; the next call wakes another activation.</summary>
    public void Sleep()
    {
        Cluster.Sleep(Press);
        Assert(_world.RunUntil(() => Cluster.IsAsleep(Press), _world.NowUs + 60_000_000), "sleep");
    }

    public Task<T> Post<T>(Func<MachineGrain, Task<T>> call)
    {
        var answer = new TaskCompletionSource<T>();
        _outside.Post(async () =>
        {
            try
            {
                answer.SetResult(await Cluster.CallAsync(Press, call));
            }
            catch (Exception fault)
            {
                answer.SetException(fault);
                _ = answer.Task.Exception;
            }
        });
        return answer.Task;
    }

    private static void Assert(bool holds, string what) => Xunit.Assert.True(holds, $"{what} did not come");
}
