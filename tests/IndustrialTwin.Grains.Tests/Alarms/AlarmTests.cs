using CsCheck;
using Xunit;

namespace IndustrialTwin.Alarms;

public class AlarmTests
{
    private static readonly AlarmDeclaration High =
        new("hot", "a/b", AlarmSide.High, Limit: 10, Clear: 8, MedianOf: 1, DelayPoints: 2, AlarmPriority.High);

    [Fact]
    public void An_alarm_goes_round_the_states_of_isa_18_2()
    {
        var state = AlarmState.Initial;
        Assert.Equal(AlarmCondition.Normal, state.Condition(0));
        state = state.After(High, 1, 11);
        Assert.Equal(AlarmCondition.Normal, state.Condition(0)); // The delay wants two in a row.
        state = state.After(High, 2, 11);
        Assert.Equal(AlarmCondition.Unacknowledged, state.Condition(0));
        Assert.Equal(2, state.RaisedUs);
        state = state.AfterAcknowledged("li");
        Assert.Equal(AlarmCondition.Acknowledged, state.Condition(0));
        state = state.After(High, 3, 9);
        Assert.Equal(AlarmCondition.Acknowledged, state.Condition(0)); // Within the deadband.
        state = state.After(High, 4, 8);
        Assert.Equal(AlarmCondition.Normal, state.Condition(0));
    }

    [Fact]
    public void An_alarm_that_returns_before_anyone_saw_it_waits_for_its_acknowledgement()
    {
        var state = AlarmState.Initial.After(High, 1, 11).After(High, 2, 12).After(High, 3, 1);
        Assert.Equal(AlarmCondition.ReturnedToNormal, state.Condition(0));
        Assert.Equal(AlarmCondition.Normal, state.AfterAcknowledged("li").Condition(0));
    }

    [Fact]
    public void A_shelved_alarm_goes_on_judging_and_shows_itself_when_its_time_is_over()
    {
        var state = AlarmState.Initial.AfterShelved(100).After(High, 1, 11).After(High, 2, 11);
        Assert.Equal(AlarmCondition.Shelved, state.Condition(99));
        Assert.Equal(AlarmCondition.Unacknowledged, state.Condition(100));
        Assert.Equal(AlarmCondition.Unacknowledged, state.AfterUnshelved().Condition(0));
    }

    [Fact]
    public void One_good_point_begins_the_delay_anew()
    {
        var state = AlarmState.Initial.After(High, 1, 11).After(High, 2, 9).After(High, 3, 11);
        Assert.False(state.IsAbnormal);
    }

    [Fact]
    public void A_low_alarm_is_the_mirror_of_a_high_one()
    {
        var low = new AlarmDeclaration("dry", "a/b", AlarmSide.Low, Limit: -10, Clear: -8, MedianOf: 1, DelayPoints: 2, AlarmPriority.High);
        Gen.Double[-20, 20].List[0, 50].Sample(values =>
        {
            var (up, down) = (AlarmState.Initial, AlarmState.Initial);
            for (var i = 0; i < values.Count; i++)
            {
                up = up.After(High, i, values[i]);
                down = down.After(low, i, -values[i]);
                Assert.Equal(up.Condition(0), down.Condition(0));
            }
        });
    }

    [Fact]
    public void The_rolling_median_is_the_median_of_the_last_values() =>
        Gen.Select(Gen.Int[0, 5], Gen.Double[-5, 5].List[0, 60]).Sample((half, values) =>
        {
            var length = (2 * half) + 1;
            var median = new RollingMedian(length);
            for (var i = 0; i < values.Count; i++)
            {
                var got = median.Add(values[i]);
                var expected = i + 1 < length ? double.NaN : values.Skip(i + 1 - length).Take(length).Order().ElementAt(half);
                Assert.Equal(expected, got);
                median = new RollingMedian(length, median.ToStored());
            }
        });

    [Fact]
    public void A_judge_without_a_full_median_says_nothing()
    {
        var judge = new AlarmJudge(High with { MedianOf = 3, DelayPoints = 1 });
        Assert.Equal((double.NaN, false), judge.Judge(1, 100));
        Assert.Equal((double.NaN, false), judge.Judge(2, 100));
        Assert.Equal((100, true), judge.Judge(3, 100));
        Assert.True(judge.State.IsAbnormal);
    }
}
