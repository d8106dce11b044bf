using Xunit;

namespace IndustrialTwin.Telemetry;

public sealed class ProcessPausesTests
{
    // Long ago, so that what this process really waits for is not in it.
    private static readonly DateTime Began = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Only_what_falls_into_the_time_asked_for_counts_and_each_kind_by_itself()
    {
        using var pauses = new ProcessPauses();
        pauses.Add(PauseKind.Collection, At(10), At(30));
        pauses.Add(PauseKind.Processor, At(40), At(45));
        pauses.Add(PauseKind.Collection, At(50), At(60));
        Assert.Equal(30, pauses.Within(PauseKind.Collection, At(0), At(100)), 3);
        Assert.Equal(15, pauses.Within(PauseKind.Collection, At(20), At(55)), 3);
        Assert.Equal(5, pauses.Within(PauseKind.Processor, At(0), At(100)), 3);
        Assert.Equal(0, pauses.Within(PauseKind.ThreadPool, At(0), At(100)), 3);
        Assert.Equal(0, pauses.Within(PauseKind.Collection, At(30), At(50)), 3);
    }

    [Fact]
    public void A_collection_that_stops_the_process_is_noted_even_before_the_watching_thread_runs_again()
    {
        using var pauses = new ProcessPauses();
        var kept = new List<object>();
        for (var attempt = 0; attempt < 20; attempt++)
        {
            for (var i = 0; i < 400_000; i++)
            {
                kept.Add(new object[4]);
            }

            var (before, began) = (GC.GetTotalPauseDuration(), DateTime.UtcNow);
            GC.Collect(2, GCCollectionMode.Forced, blocking: true);
            var (ended, stopped) = (DateTime.UtcNow, GC.GetTotalPauseDuration() - before);
            if (stopped > TimeSpan.FromMilliseconds(3))
            {
                Assert.InRange(pauses.Within(PauseKind.Collection, began, ended), 1, (ended - began).TotalMilliseconds);
                GC.KeepAlive(kept);
                return;
            }
        }

        Assert.Skip("No collection here takes long enough to be seen.");
    }

    private static DateTime At(int ms) => Began.AddMilliseconds(ms);
}
