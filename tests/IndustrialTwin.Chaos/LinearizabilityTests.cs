using CsCheck;
using Xunit;

namespace IndustrialTwin.Chaos;

/// <summary>The checker itself: it must find what is wrong and nothing else.</summary>
public class LinearizabilityTests
{
    [Fact]
    public void A_read_that_misses_an_acknowledged_write_is_found()
    {
        RegisterOperation[] history = [Write(2, 0, 10), Read(1, 20, 30)];
        Assert.Same(history[1], Linearizability.Fault(history, 1));
    }

    [Fact]
    public void A_read_that_goes_back_is_found_although_the_write_was_never_answered()
    {
        RegisterOperation[] history = [Write(2, 0, null), Read(2, 10, 20), Read(1, 30, 40)];
        Assert.NotNull(Linearizability.Fault(history, 1));
    }

    [Fact]
    public void Overlapping_calls_may_take_effect_in_any_order_and_an_unanswered_write_at_any_time_or_never()
    {
        Assert.Null(Linearizability.Fault([Write(2, 0, 30), Read(1, 5, 10), Read(2, 12, 20)], 1));
        Assert.Null(Linearizability.Fault([Write(2, 0, null), Read(1, 50, 60), Write(3, 70, 80), Read(3, 90, 95), Read(2, 100, 110)], 1));
        Assert.Null(Linearizability.Fault([Write(2, 0, null), Read(1, 50, 60)], 1));
        Assert.Null(Linearizability.Fault([], 1));
    }

    [Fact]
    public void Histories_of_a_real_register_are_accepted_and_a_changed_read_is_found() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[2, 40]).Sample((seed, count) =>
        {
            var random = new Random(seed);
            var (value, next, at) = (1L, 2L, 0.0);
            var history = new List<RegisterOperation>();
            for (var i = 0; i < count; i++)
            {
                // Each takes effect at one moment, with its call before and its answer after.
                at += 1;
                var isWrite = random.Next(3) == 0;
                value = isWrite ? next++ : value;
                history.Add(new RegisterOperation(isWrite, value, Ms(at - (random.NextDouble() * 3)), Ms(at + (random.NextDouble() * 3))));
            }

            Assert.Null(Linearizability.Fault(history, 1));
            history.Add(Read(next, at + 10, at + 11)); // A value that nobody wrote.
            Assert.NotNull(Linearizability.Fault(history, 1));
        });

    private static RegisterOperation Write(long value, double began, double? ended) => new(true, value, Ms(began), ended is { } at ? Ms(at) : null);

    private static RegisterOperation Read(long value, double began, double ended) => new(false, value, Ms(began), Ms(ended));

    private static TimeSpan Ms(double at) => TimeSpan.FromMilliseconds(100 + at);
}
