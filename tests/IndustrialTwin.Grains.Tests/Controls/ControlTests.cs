using CsCheck;
using IndustrialTwin.Alarms;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Controls;

public class ControlTests
{
    private static readonly LimitLaw Interlock = new(AlarmSide.High, Limit: 10, Clear: 8, Value: 1);

    [Fact]
    public void An_interlock_acts_once_and_again_only_after_it_has_cleared()
    {
        var state = default(ControlState);
        var commands = new List<double?>();
        foreach (var statistic in new[] { 9.0, 10.0, 10.1, 12, 9, 10.5, 8.0, 11 })
        {
            (state, var command) = state.After(Interlock, statistic);
            commands.Add(command);
        }

        Assert.Equal([null, null, 1, null, null, null, null, 1], commands);
    }

    [Fact]
    public void A_proportional_controller_pulls_to_its_target_within_its_limits() =>
        Gen.Double[-1e6, 1e6].Sample(statistic =>
        {
            var law = new ProportionalLaw(Target: 5, Gain: 2, Bias: 50, Minimum: 0, Maximum: 100);
            var (after, command) = default(ControlState).After(law, statistic);
            Assert.Equal(default, after);
            Assert.Equal(Math.Min(100, Math.Max(0, 50 + (2 * (5 - statistic)))), command!.Value, 9);
        });

    [Fact]
    public void A_window_holds_the_newest_samples_whatever_comes_late_or_twice() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[0, 40].Array[0, 60].Array[0, 8]).Sample((rows, batches) =>
        {
            var window = new NewestWindow(rows);
            var oracle = new List<(long Time, double Value)>();
            var value = 0.0;
            foreach (var batch in batches)
            {
                var times = batch.Select(time => (long)time).ToArray();
                var values = times.Select(_ => value++).ToArray();
                var isNew = false;
                for (var i = 0; i < times.Length; i++)
                {
                    if (oracle.Count == 0 || times[i] > oracle[^1].Time)
                    {
                        oracle.Add((times[i], values[i]));
                        isNew = true;
                    }
                }

                Assert.Equal(isNew, window.Add(new SampleColumn("force", times, values)));
            }

            Assert.Equal(oracle.Count >= rows, window.IsFull);
            if (window.IsFull)
            {
                var held = new float[rows];
                window.CopyNewest(held);
                Assert.Equal(oracle.TakeLast(rows).Select(sample => (float)sample.Value), held);
            }
        });

    [Fact]
    public void A_decision_that_was_overtaken_commands_nothing()
    {
        var loop = new ControlLoop(new ControlDeclaration(
            "pressure", "force", 2, Analyses.Statistic.Mean, new ProportionalLaw(0, 1, 0, -9, 9), "speed", TimeSpan.FromMilliseconds(5)));
        var (first, second) = (loop.Ask(), loop.Ask());
        Assert.Equal(-2, loop.Decide(second, 2));
        Assert.Null(loop.Decide(first, 1));
        Assert.Equal(2, loop.ToSnapshot().Statistic);
    }

    [Fact]
    public void A_command_reads_back_as_it_was_written()
    {
        var command = new MachineCommand(
            Machines.Plant.Press, "overload", "stop", 1, 412.5, 1_700_000_000_000_000, "device", 1, 42, 7, 3);
        Assert.Equal(command, CommandPayload.Read(Machines.Plant.Press, CommandPayload.Write(command)));
        var timed = command with { ReceivedUs = 1_700_000_000_000_100, DecidedUs = 1_700_000_000_000_400 };
        Assert.Equal(timed, CommandPayload.Read(Machines.Plant.Press, CommandPayload.Write(timed)));
        Assert.Equal("itwin/v1/wuhan/line-3/press-07/commands", CommandPayload.TopicOf(Machines.Plant.Press));
        var fault = Assert.Throws<FormatException>(() => CommandPayload.Read(Machines.Plant.Press, "{\"control\":\"overload\"}"u8));
        Assert.Contains("wuhan/line-3/press-07", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fallback_says_why_and_claims_no_measurement()
    {
        var command = new MachineCommand(Machines.Plant.Press, "overload", "hold", 1, 0, 1_700_000_000_000_000, "", 0, 0, 7, 3)
        {
            DecidedUs = 1_700_000_000_000_000, Fallback = "silent",
        };
        var payload = CommandPayload.Write(command);
        Assert.Equal(
            """{"control":"overload","command":"hold","value":1,"timeUs":1700000000000000,"fence":7,"number":3,"decidedUs":1700000000000000,"fallback":"silent"}""",
            System.Text.Encoding.UTF8.GetString(payload));
        Assert.Equal(command, CommandPayload.Read(Machines.Plant.Press, payload));
        var fault = Assert.Throws<FormatException>(() => CommandPayload.Read(
            Machines.Plant.Press, """{"control":"overload","command":"hold","value":1,"timeUs":1,"fence":7,"number":3}"""u8));
        Assert.Contains("'statistic', 'source', 'epoch' and 'sequence'", fault.Message, StringComparison.Ordinal);
    }
}
