using CsCheck;
using IndustrialTwin.Operations;
using Xunit;

namespace IndustrialTwin.Devices;

/// <summary>The order of the backlog against a sorted list.</summary>
public sealed class BacklogTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ScriptedOperation Operation = new();

    private static readonly Gen<(JobClass Class, int? DeadlineMs, int Shape, int Windows)> Asked = Gen.Select(
        Gen.OneOfConst(Enum.GetValues<JobClass>()),
        Gen.Frequency((1, Gen.Const((int?)null)), (3, Gen.Int[1, 20].Select(ms => (int?)ms))),
        Gen.Int[0, 3],
        Gen.Int[1, 5]);

    [Fact]
    public void It_gives_what_a_sorted_list_gives() => Gen.Select(Asked.Array[1, 60], Gen.Int[0, 12], Gen.Int[1, 12], Gen.Int[1, 6]).Sample((asked, nowMs, windowsMax, rounds) =>
    {
        var backlog = new Backlog();
        var expected = new List<Job>();
        var now = Start.AddMilliseconds(nowMs);
        var perRound = (asked.Length / rounds) + 1;
        for (var from = 0; from < asked.Length || expected.Count > 0; from += perRound)
        {
            foreach (var (jobClass, deadlineMs, shape, windows) in asked.Skip(from).Take(perRound))
            {
                var job = JobOf(jobClass, deadlineMs, shape, windows);
                backlog.Add(job);
                expected.Add(job);
            }

            var (batch, dropped) = (new List<Job>(), new List<Job>());
            backlog.TakeBatch(windowsMax, now, batch, dropped);

            // Nothing that has expired is in the batch; the batch is the most urgent live job and those of its class and key after it.
            Assert.All(dropped, job => Assert.True(job.IsExpired(now)));
            var live = expected.Where(job => !job.IsExpired(now))
                .OrderBy(job => Rank(job.Options.Class)).ThenBy(job => job.Options.Deadline ?? DateTimeOffset.MaxValue).ThenBy(job => job.Order).ToList();
            if (live.Count > 0)
            {
                var mates = live.Where(job => job.Options.Class == live[0].Options.Class && job.Key == live[0].Key).ToList();
                var sum = 0;
                var wanted = mates.TakeWhile((job, i) => (sum += job.Windows) <= windowsMax || i == 0).ToList();
                Assert.Equal(wanted, batch);
            }
            else
            {
                Assert.Empty(batch);
                // Nothing lives, so nothing stays.
                Assert.Equal(0, backlog.Count);
            }

            expected.RemoveAll(job => batch.Contains(job) || dropped.Contains(job));
            Assert.Equal(expected.Count, backlog.Count);
        }
    });

    [Fact]
    public void It_needs_no_memory_once_it_has_grown()
    {
        var backlog = new Backlog();
        var jobs = Enumerable.Range(0, 200).Select(i => JobOf((JobClass)(i % 3), i % 7 == 0 ? null : 1 + (i * 37 % 100), i % 11, 1)).ToArray();
        var (batch, dropped) = (new List<Job>(jobs.Length), new List<Job>(jobs.Length));
        long Cycle()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var job in jobs)
                backlog.Add(job);
            while (backlog.Count > 0)
            {
                batch.Clear();
                backlog.TakeBatch(4, Start, batch, dropped);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        for (var i = 0; i < 5; i++)
            Cycle();
        Assert.Equal(0, Cycle());
        Assert.Empty(dropped);
    }

    private static int Rank(JobClass jobClass) => jobClass switch
    {
        JobClass.Control => 0,
        JobClass.Monitor => 1,
        _ => 2,
    };

    private static Job<Script, double[]> JobOf(JobClass jobClass, int? deadlineMs, int shape, int windows) => new(
        Operation,
        new Script(0),
        new BatchKey(Operation, new ShapeKey(shape)),
        windows,
        isSliced: false,
        new JobOptions(deadlineMs is { } ms ? Start.AddMilliseconds(ms) : null, Class: jobClass),
        Start,
        0);
}
