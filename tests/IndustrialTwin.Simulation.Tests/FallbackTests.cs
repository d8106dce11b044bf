using System.Diagnostics;
using IndustrialTwin.Alarms;
using IndustrialTwin.Machines;
using Xunit;

namespace IndustrialTwin.Protocols;

/// <summary>What a real twin does when its control loops do not decide in time, in virtual time.</summary>
public class FallbackTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private readonly FallbackPlant _plant = new();

    [Fact]
    public void A_loop_that_hears_nothing_falls_back_once_and_returns_with_the_next_decision()
    {
        _plant.Declare(FallbackPlant.Feed);
        _plant.Send(20);
        Assert.Empty(_plant.Told);
        Assert.Equal(20, _plant.Commands.Count);
        for (var episode = 1; episode <= 2; episode++)
        {
            var silentFrom = _plant.Now - TimeSpan.FromMilliseconds(100);
            Wait(() => _plant.Fallbacks.Count == episode);
            Assert.InRange(_plant.Now - silentFrom, FallbackPlant.After, FallbackPlant.After + TimeSpan.FromMilliseconds(500));
            _plant.Run(Long);

            var command = _plant.Fallbacks[^1];
            Assert.Equal(episode, _plant.Fallbacks.Count);
            Assert.Equal(("feed", "rate", 5.0, "silent"), (command.Control, command.Command, command.Value, command.Fallback));
            Assert.Equal(Enumerable.Range(1, _plant.Commands.Count).Select(number => (long)number), _plant.Commands.Select(sent => sent.Number));
            var fell = Assert.IsType<ControlFellBack>(_plant.Told[^1]);
            Assert.Equal(("feed", "silent"), (fell.Control, fell.Reason));
            Assert.Equal(((long?)fell.AtUs, "silent"), (_plant.LookAt(FallbackPlant.Feed).FallbackSinceUs, _plant.LookAt(FallbackPlant.Feed).FallbackReason));
            var alarm = Assert.Single(_plant.Look().Alarms);
            Assert.Equal(("feed.fallback", AlarmCondition.Unacknowledged, AlarmPriority.High, (long?)fell.AtUs, (long)episode),
                (alarm.Name, alarm.Condition, alarm.Priority, alarm.RaisedUs, alarm.Raisings));
            Assert.Equal(MachineHealth.Critical, _plant.Look().Summary.Health);

            _plant.Send(1);
            Assert.Null(_plant.Commands[^1].Fallback);
            Assert.Null(_plant.LookAt(FallbackPlant.Feed).FallbackSinceUs);
            Assert.Equal((false, AlarmCondition.ReturnedToNormal), (_plant.Look().Alarms[0].IsAbnormal, _plant.Look().Alarms[0].Condition));
            Assert.Equal(MachineHealth.Good, _plant.Look().Summary.Health);
            Assert.Equal("feed", Assert.IsType<ControlReturned>(_plant.Told[^1]).Control);
            Assert.Equal(2 * episode, _plant.Told.Count);
        }

        Assert.Empty(_plant.Violations);
    }

    [Fact]
    public void A_loop_that_decides_that_there_is_nothing_to_do_does_not_fall_back()
    {
        _plant.Declare(FallbackPlant.Interlock);
        _plant.Send(100);
        Assert.Empty(_plant.Commands);
        Assert.Empty(_plant.Told);
        Wait(() => _plant.Fallbacks.Count == 1);
        Assert.Equal(("hold", 1.0), (_plant.Fallbacks[0].Command, _plant.Fallbacks[0].Value));
        _plant.Send(10);
        Assert.IsType<ControlReturned>(_plant.Told[^1]);
        Assert.Single(_plant.Commands); // What lets the machine go on is the machine's matter: the interlock has nothing to say.
    }

    [Fact]
    public void Loops_fall_back_each_in_its_time()
    {
        _plant.Declare(FallbackPlant.Interlock, FallbackPlant.Feed);
        _plant.Send(3);
        Wait(() => _plant.Fallbacks.Count == 2);
        Assert.Equal(["feed", "interlock"], _plant.Fallbacks.Select(command => command.Control));
        var apartUs = _plant.Fallbacks[1].DecidedUs - _plant.Fallbacks[0].DecidedUs;
        Assert.InRange(apartUs!.Value, 1_900_000, 2_100_000);
    }

    [Fact]
    public void A_loop_whose_device_fails_falls_back_though_samples_come()
    {
        _plant.Declare(FallbackPlant.Feed);
        _plant.Send(5);
        _plant.Cluster.Hazards = Hazards.None with { ComputeFails = 1 };
        _plant.Send(30);
        Assert.Equal("failed", Assert.Single(_plant.Fallbacks).Fallback);
        Assert.Equal("failed", Assert.IsType<ControlFellBack>(Assert.Single(_plant.Told)).Reason);
        _plant.Cluster.Hazards = Hazards.None;
        _plant.Send(30);
        Assert.Single(_plant.Fallbacks);
        Assert.IsType<ControlReturned>(_plant.Told[^1]);
    }

    [Fact]
    public void A_loop_falls_back_whose_every_decision_is_late()
    {
        _plant.Declare(FallbackPlant.Feed, FallbackPlant.Interlock);
        _plant.Send(5);
        _plant.Send(50, age: TimeSpan.FromSeconds(2));
        Assert.Equal([("feed", "expired"), ("interlock", "expired")], _plant.Fallbacks.Select(command => (command.Control, command.Fallback!)));
        Assert.Equal(6, _plant.Commands.Count(command => command.Control == "feed")); // Late decisions are dropped as ever.
        _plant.Send(5);
        Assert.Equal(2, _plant.Fallbacks.Count);
        Assert.Equal(4, _plant.Told.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_twin_that_wakes_goes_on_where_its_log_stands(bool hasCheckpoint)
    {
        _plant.Declare(FallbackPlant.Feed);
        _plant.Send(5);
        Wait(() => _plant.Fallbacks.Count == 1);
        _plant.Run(TimeSpan.FromSeconds(1));
        var before = _plant.LookAt(FallbackPlant.Feed);
        Sleep(hasCheckpoint);

        Assert.Equal((before.FallbackSinceUs, before.FallbackReason), (_plant.LookAt(FallbackPlant.Feed).FallbackSinceUs, _plant.LookAt(FallbackPlant.Feed).FallbackReason));
        Assert.Equal((AlarmCondition.Unacknowledged, before.FallbackSinceUs), (_plant.Look().Alarms[0].Condition, _plant.Look().Alarms[0].RaisedUs));
        _plant.Run(Long);
        Assert.Single(_plant.Fallbacks);
        Assert.Single(_plant.Told);

        _plant.Send(5);
        Assert.IsType<ControlReturned>(_plant.Told[^1]);
        Assert.Equal(2, _plant.Told.Count);
        Sleep(hasCheckpoint);
        Assert.Null(_plant.LookAt(FallbackPlant.Feed).FallbackSinceUs);
        Assert.Equal(AlarmCondition.ReturnedToNormal, _plant.Look().Alarms[0].Condition);
        Assert.Empty(_plant.OfLog.Twin.Fallbacks);
    }

    [Fact]
    public void A_twin_that_wakes_to_silence_falls_back()
    {
        _plant.Declare(FallbackPlant.Feed);
        _plant.Send(5);
        _plant.Sleep();
        _plant.Run(Long);
        Assert.Empty(_plant.Fallbacks); // Nobody asked for it.
        _plant.Look();
        Wait(() => _plant.Fallbacks.Count == 1);
        Assert.Equal(2, _plant.Fallbacks[0].Fence);
    }

    [Fact]
    public void A_command_that_found_no_way_out_leaves_once_when_there_is_one()
    {
        _plant.Declare(FallbackPlant.Feed);
        _plant.Send(5);
        _plant.Cluster.Hazards = Hazards.None with { CommandLost = 1 };
        _plant.Run(TimeSpan.FromSeconds(10));
        Assert.Empty(_plant.Fallbacks);
        Assert.Single(_plant.Told);
        _plant.Cluster.Hazards = Hazards.None;
        _plant.Run(Long);
        Assert.Single(_plant.Fallbacks);
        Assert.Single(_plant.Told);
    }

    [Fact]
    public void A_command_that_never_left_is_sent_by_the_next_activation()
    {
        _plant.Declare(FallbackPlant.Feed);
        _plant.Send(5);
        _plant.Cluster.Hazards = Hazards.None with { CommandLost = 1 };
        Wait(() => _plant.Told.Count == 1);
        _plant.Sleep();
        _plant.Cluster.Hazards = Hazards.None;
        _plant.Look();
        _plant.Run(Long);
        Assert.Equal(2, Assert.Single(_plant.Fallbacks).Fence);
        Assert.Single(_plant.Told);
        Assert.True(Assert.Single(_plant.OfLog.Twin.Fallbacks).IsSent);
    }

    [Fact]
    public void An_activation_that_was_replaced_commands_no_fallback()
    {
        _plant.Declare(FallbackPlant.Feed);
        _plant.Send(5);
        _plant.Cluster.Usurp(FallbackPlant.Press); // Samples go to another activation from now on, and this one knows nothing of it.
        _plant.Run(Long);
        Assert.Empty(_plant.Fallbacks);
        Assert.Empty(_plant.Told);
        _plant.Send(5);
        Assert.Equal((10, 3), (_plant.Commands.Count, _plant.Commands[^1].Fence));
        Assert.Empty(_plant.Violations);
    }

    [Fact]
    public void A_log_that_is_away_holds_no_fallback_back_and_hears_of_it_later()
    {
        _plant.Declare(FallbackPlant.Feed);
        _plant.Send(5);
        _plant.Cluster.Database.IsDown = true;
        Wait(() => _plant.Fallbacks.Count == 1);
        Assert.Equal((1, 6), (_plant.Fallbacks[0].Fence, _plant.Fallbacks[0].Number));
        Assert.NotNull(_plant.LookAt(FallbackPlant.Feed).FallbackSinceUs);
        Assert.Empty(_plant.Told);
        _plant.Run(TimeSpan.FromHours(1));
        _plant.Cluster.Database.IsDown = false;
        Wait(() => _plant.Told.Count == 1);
        _plant.Run(Long);
        Assert.Single(_plant.Fallbacks);
        Assert.Equal(AlarmCondition.Unacknowledged, _plant.Look().Alarms[0].Condition);
        _plant.Send(5);
        Assert.IsType<ControlReturned>(_plant.Told[^1]);
        Assert.Equal(2, _plant.Told.Count);
    }

    [Fact]
    public void A_loop_that_returned_while_the_log_was_away_falls_back_again()
    {
        _plant.Declare(FallbackPlant.Feed with { Fallback = FallbackPlant.Feed.Fallback! with { After = TimeSpan.FromSeconds(5) } });
        _plant.Send(5);
        Wait(() => _plant.Fallbacks.Count == 1);
        _plant.Run(TimeSpan.FromSeconds(1));
        _plant.Cluster.Hazards = Hazards.None with { CommitFails = 1 };
        _plant.Send(1); // The loop decides on it, and what it did cannot be written down.
        Assert.Null(_plant.LookAt(FallbackPlant.Feed).FallbackSinceUs);
        _plant.Cluster.Hazards = Hazards.None;
        Wait(() => _plant.Fallbacks.Count == 2);
        Assert.Equal(2, _plant.Fallbacks[1].Fence);
        Wait(() => _plant.Told.Count == 3);
        Assert.Equal([typeof(ControlFellBack), typeof(ControlReturned), typeof(ControlFellBack)], _plant.Told.Select(told => told.GetType()));
        Assert.Equal(2, _plant.Look().Alarms[0].Raisings);
    }

    [Fact]
    public void A_fallback_is_a_trace_with_its_alarm_in_it()
    {
        var loop = FallbackPlant.Feed with { Name = "traced" };
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "IndustrialTwin.Machines",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("itwin.control") as string == loop.Name || span.GetTagItem("itwin.alarm") as string == "traced.fallback")
                {
                    ended.Add(span); // Of this test alone, on its own thread.
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        _plant.Declare(loop);
        _plant.Cluster.Hazards = Hazards.None with { CommandLost = 1 };
        _plant.Run(TimeSpan.FromSeconds(5));
        Assert.Equal("alarm raised", Assert.Single(ended).OperationName);
        _plant.Cluster.Hazards = Hazards.None;
        Wait(() => ended.Count == 2);
        var (alarm, fallback) = (ended[0], ended[1]);
        Assert.Equal(("machine fallback", ActivityStatusCode.Error, default(ActivitySpanId)), (fallback.OperationName, fallback.Status, fallback.ParentSpanId));
        Assert.Equal((fallback.SpanId, fallback.TraceId), (alarm.ParentSpanId, alarm.TraceId));
        Assert.Equal(
            ("traced", "rate", 5.0, true, "silent"),
            (fallback.GetTagItem("itwin.control"), fallback.GetTagItem("itwin.command"), fallback.GetTagItem("itwin.command.value"),
                fallback.GetTagItem("itwin.command.sent"), fallback.GetTagItem("itwin.outcome")));
    }

    [Fact]
    public void A_loop_follows_its_declaration()
    {
        _plant.Declare(FallbackPlant.Feed);
        _plant.Send(5);
        Wait(() => _plant.Fallbacks.Count == 1);
        _plant.Declare(FallbackPlant.Interlock, FallbackPlant.Feed with { }); // The loop stays as it is, and in fallback.
        Assert.NotNull(_plant.LookAt(FallbackPlant.Feed).FallbackSinceUs);
        Assert.Single(_plant.Look().Alarms, alarm => alarm.IsAbnormal);

        _plant.Declare(FallbackPlant.Feed with { Fallback = null });
        Assert.Null(_plant.LookAt(FallbackPlant.Feed).FallbackSinceUs);
        Assert.Empty(_plant.Look().Alarms);
        _plant.Run(Long);
        Assert.Single(_plant.Fallbacks);

        _plant.Declare(FallbackPlant.Feed);
        _plant.Run(FallbackPlant.After / 2);
        Assert.True(_plant.Call(grain => grain.Retire(CancellationToken.None)));
        _plant.Run(Long);
        Assert.Single(_plant.Fallbacks); // A retired machine is commanded nothing.
        _plant.Declare(FallbackPlant.Feed);
        _plant.Send(30);
        Assert.Single(_plant.Fallbacks);
        Wait(() => _plant.Fallbacks.Count == 2);
        Assert.Equal(new[] { 1L, 1L }, _plant.Fallbacks.Select(command => command.Fence));
    }

    private void Sleep(bool hasCheckpoint)
    {
        _plant.Sleep();
        if (!hasCheckpoint)
        {
            _plant.Cluster.Checkpoints.Remove(FallbackPlant.Press);
        }
    }

    /// <summary>Lets virtual time pass until something is so.</summary>
    private void Wait(Func<bool> condition)
    {
        for (var left = 1_000; !condition(); left--)
        {
            Assert.True(left > 0, "It did not come.");
            _plant.Run(TimeSpan.FromMilliseconds(50));
        }
    }
}
