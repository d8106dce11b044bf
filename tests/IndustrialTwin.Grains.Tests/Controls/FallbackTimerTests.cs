using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Machines;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IndustrialTwin.Controls;

/// <summary>When loops are due. What their twin makes of it is tested with the real twin, in virtual time, in the simulation's tests.</summary>
public sealed class FallbackTimerTests : IDisposable
{
    private readonly CountingClock _clock = new();
    private readonly List<(string Control, bool IsNew)> _fell = [];
    private readonly HereAndNow _turns = new();
    private readonly FallbackTimer _timer;

    public FallbackTimerTests() => _timer = new FallbackTimer(_clock, (watch, isNew) => _fell.Add((watch.Declaration.Name, isNew)));

    public void Dispose() => _timer.Dispose();

    [Fact]
    public void A_loop_is_due_when_it_has_not_decided_for_so_long_and_once()
    {
        Follow([Loop("a", 1), Loop("b", 3)]);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(_fell);
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal([("a", true)], _fell);
        _clock.Advance(TimeSpan.FromMilliseconds(2_001));
        Assert.Equal([("a", true), ("b", true)], _fell);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2, _fell.Count);

        Assert.True(Watch("a", 1).Decided());
        _turns.Run(_timer.Set);
        _clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal([("a", true), ("b", true), ("a", true)], _fell);
    }

    [Fact]
    public void A_decision_moves_no_timer_and_allocates_nothing()
    {
        Follow([Loop("a", 1), Loop("b", 3)]);
        var (a, b) = (Watch("a", 1), Watch("b", 3));
        Decide();
        var (changes, before) = (_clock.Changes, GC.GetAllocatedBytesForCurrentThread());
        for (var sample = 0; sample < 10_000; sample++)
        {
            Decide();
        }

        Assert.Equal((0L, 0), (GC.GetAllocatedBytesForCurrentThread() - before, _clock.Changes - changes));
        for (var second = 0; second < 100; second++)
        {
            for (var part = 0; part < 10; part++)
            {
                Decide();
                _clock.Advance(TimeSpan.FromMilliseconds(100));
            }
        }

        Assert.Empty(_fell);
        Assert.InRange(_clock.Changes - changes, 1, 150); // About once a second for 1,000 decisions each.
        Assert.Equal(1, _clock.Timers);

        void Decide()
        {
            a.Asked();
            b.Asked();
            Assert.False(a.Decided() | b.Decided());
        }
    }

    [Fact]
    public void What_the_log_knows_is_gone_on_with()
    {
        FallbackState[] known = [new("a", 5, "late", IsSent: true), new("b", 6, "failed", IsSent: false)];
        Follow([Loop("a", 1), Loop("b", 1), Loop("c", 1)], known);
        Assert.Equal((5L, "late"), (Watch("a", 1).SinceUs, Watch("a", 1).Reason));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([("b", false), ("c", true)], _fell);
        Assert.Equal((6L, "failed"), (Watch("b", 1).SinceUs, Watch("b", 1).Reason));
        Assert.False(_timer.IsWell("a"));
        Assert.True(Watch("a", 1).Decided());
        Assert.False(Watch("a", 1).Decided());
        Assert.True(_timer.IsWell("a"));
        Assert.False(_timer.IsWell("d"));

        // What this activation has seen counts more than a log that has not heard of it yet.
        Follow([Loop("a", 1), Loop("b", 1), Loop("c", 1)], known);
        _turns.Run(_timer.Restart);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([("b", false), ("c", true), ("a", true)], _fell);
    }

    [Fact]
    public void Loops_that_a_declaration_leaves_as_they_were_are_watched_on()
    {
        Follow([Loop("a", 1), Loop("b", 10)]);
        var (a, b) = (Watch("a", 1), Watch("b", 10));
        _clock.Advance(TimeSpan.FromMilliseconds(600));
        Follow([Loop("a", 1), Loop("b", 11)]);
        Assert.Same(a, Watch("a", 1));
        Assert.True(_timer.Watches(a));
        Assert.False(_timer.Watches(b));
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal([("a", true)], _fell);
        Follow([Loop("b", 11) with { Fallback = null }]);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(_fell);
    }

    [Fact]
    public void Nothing_falls_back_that_is_retired_or_has_ended()
    {
        Follow([Loop("a", 1)], isActive: false);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Follow([Loop("a", 1)]);
        _clock.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Empty(_fell);
        _timer.Dispose();
        Follow([Loop("a", 1)]);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(_fell);
    }

    [Fact]
    public void Why_a_loop_is_due_is_what_was_missing_last()
    {
        var watch = new FallbackWatch(Loop("a", 1), _clock);
        Assert.Equal("silent", watch.Reason);
        watch.Asked();
        Assert.Equal("no-answer", watch.Reason);
        watch.Missed("late");
        watch.Asked();
        Assert.Equal("late", watch.Reason);
        Assert.True(watch.Fall());
        watch.Missed("failed");
        Assert.Equal(("late", false), (watch.Reason, watch.Fall()));
        Assert.True(watch.Decided());
        Assert.Equal(("silent", (long?)null), (watch.Reason, watch.SinceUs));
    }

    [Fact]
    public void Events_tell_which_loops_are_in_fallback()
    {
        var declaration = Plant.Declaration() with { Controls = [Loop("a", 1), Loop("b", 1)] };
        var command = new MachineCommand(Plant.Press, "a", "hold", 1, 0, 0, "", 0, 0, 1, 1);
        var known = After([], new ControlFellBack("a", "late", 5), new ControlFellBack("other", "late", 5), new ControlFellBack("a", "silent", 6));
        Assert.Equal([new FallbackState("a", 5, "late", false)], known);
        Assert.Equal(known, After(known, new CommandIssued(command), new ControlReturned("b", 7)));
        Assert.Equal([new FallbackState("a", 5, "late", true)], After(known, new CommandIssued(command with { Fallback = "late" })));
        Assert.Empty(After(known, new ControlReturned("a", 7)));
        Assert.Equal(known, After(known, new MachineDeclared(declaration with { Controls = [Loop("b", 2), Loop("a", 1)], Revision = "2" }), new MachineRetired()));
        Assert.Empty(After(known, new MachineDeclared(declaration with { Controls = [Loop("a", 2)] })));

        FallbackState[] After(FallbackState[] before, params MachineEvent[] events) =>
            events.Aggregate(before, (fallen, happened) => Fallbacks.After(fallen, happened, declaration));
    }

    private static ControlDeclaration Loop(string name, double seconds) => new(
        name, "force", 2, Statistic.Mean, new ProportionalLaw(0, 1, 0, -9, 9), "set", TimeSpan.FromMilliseconds(5))
    {
        Fallback = new ControlFallback("hold", 1, TimeSpan.FromSeconds(seconds), AlarmPriority.High),
    };

    private void Follow(ControlDeclaration[] loops, FallbackState[]? known = null, bool isActive = true) =>
        _turns.Run(() => _timer.Follow(loops, isActive, known ?? []));

    private FallbackWatch Watch(string name, double seconds) => _timer.Of(Loop(name, seconds))!;

    /// <summary>A grain's thread that runs what it is given at once.</summary>
    private sealed class HereAndNow : TaskScheduler
    {
        public void Run(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.None, this).GetAwaiter().GetResult();

        protected override void QueueTask(Task task) => TryExecuteTask(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }

    /// <summary>A clock that counts its timers, and how often they are set.</summary>
    private sealed class CountingClock : FakeTimeProvider
    {
        public int Timers { get; private set; }

        public int Changes { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return new Counted(this, base.CreateTimer(callback, state, dueTime, period));
        }

        private sealed class Counted(CountingClock clock, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                clock.Changes++;
                return timer.Change(dueTime, period);
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
