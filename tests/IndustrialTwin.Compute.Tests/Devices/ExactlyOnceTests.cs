using System.Collections.Concurrent;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IndustrialTwin.Devices;

/// <summary>Whatever many callers ask and whatever goes wrong, each job ends exactly once and the counts balance.</summary>
public sealed class ExactlyOnceTests
{
    private enum Fate
    {
        Computes,
        Throws,
        IsNoNumber,
        IsCancelled,
        Expires,
        IsSliced,
        Hangs,
    }

    private static readonly Gen<(Fate Fate, JobClass Class, int Shape)> Asked = Gen.Select(
        Gen.Frequency(
            (12, Gen.Const(Fate.Computes)), (2, Gen.Const(Fate.Throws)), (1, Gen.Const(Fate.IsNoNumber)), (3, Gen.Const(Fate.IsCancelled)),
            (2, Gen.Const(Fate.Expires)), (3, Gen.Const(Fate.IsSliced)), (1, Gen.Const(Fate.Hangs))),
        Gen.OneOfConst(Enum.GetValues<JobClass>()),
        Gen.Int[0, 2]);

    [Fact]
    public void Each_job_ends_exactly_once() => Gen.Select(Asked.Array[1, 40].Array[1, 5], Gen.Bool, Gen.Int[4, 64])
        .Sample((callers, isDisposedEarly, queueJobsMax) => RunAsync(callers, isDisposedEarly, queueJobsMax).GetAwaiter().GetResult(), iter: 60, threads: 1);

    private static async Task RunAsync((Fate Fate, JobClass Class, int Shape)[][] callers, bool isDisposedEarly, int queueJobsMax)
    {
        var time = new FakeTimeProvider();
        var options = new DeviceOptions
        {
            QueueJobsMax = queueJobsMax, LaunchMax = TimeSpan.FromSeconds(1), HungLaunchesMax = 64, RebuildInterval = TimeSpan.FromMilliseconds(10),
        };
        var device = new TestDevice(options, time);
        await device.OpenAsync();
        var operation = new ScriptedOperation();
        var counting = new Counting();
        var ends = new ConcurrentQueue<string>();
        var asked = callers.Sum(caller => caller.Length);
        using var ending = new CancellationTokenSource();
        using var letGo = new ManualResetEventSlim();
        var clock = Task.Run(async () =>
        {
            // Time goes on only for the sake of what hangs and what waits for a rebuild.
            while (!ending.IsCancellationRequested)
            {
                time.Advance(TimeSpan.FromMilliseconds(250));
                await Task.Delay(1);
            }
        });
        var asking = callers.Select(caller => Task.Run(async () =>
        {
            var mine = caller.Select(job => EndOf(job)).ToArray();
            foreach (var end in await Task.WhenAll(mine))
                ends.Enqueue(end);
        })).ToArray();
        if (isDisposedEarly)
            await device.DisposeAsync();
        await Task.WhenAll(asking).WaitAsync(TimeSpan.FromSeconds(60));
        await device.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        await ending.CancelAsync();
        letGo.Set();
        await clock;

        Assert.Equal(asked, ends.Count);
        var status = device.Status;
        var counts = ends.CountBy(end => end).ToDictionary();
        Assert.Equal(
            (counts.GetValueOrDefault("Done"), counts.GetValueOrDefault("Expired"), counts.GetValueOrDefault("Refused"),
                counts.GetValueOrDefault("Failed"), counts.GetValueOrDefault("Cancelled"), 0),
            ((int)status.JobsDone, (int)status.JobsExpired, (int)status.JobsRefused, (int)status.JobsFailed, (int)status.JobsCancelled, status.QueueJobs));

        async Task<string> EndOf((Fate Fate, JobClass Class, int Shape) job)
        {
            using var cancellation = new CancellationTokenSource();
            var jobOptions = new JobOptions(job.Fate == Fate.Expires ? time.GetUtcNow().AddMilliseconds(1) : null, Class: job.Class);
            try
            {
                if (job.Fate == Fate.IsSliced)
                    return (await device.RunAsync(counting, new Count(5), jobOptions)).Kind.ToString();
                Func<double>? act = job.Fate switch
                {
                    Fate.Throws => () => throw new InvalidOperationException("as told"),
                    Fate.IsNoNumber => () => double.NaN,
                    Fate.Hangs => () => letGo.Wait(TimeSpan.FromSeconds(60)) ? 0 : 1,
                    _ => null,
                };
                var running = device.RunAsync(operation, new Script(1, act, Shape: job.Shape), jobOptions, cancellation.Token).AsTask();
                if (job.Fate == Fate.IsCancelled)
                    await cancellation.CancelAsync();
                return (await running).Kind.ToString();
            }
            catch (OperationCanceledException)
            {
                return "Cancelled";
            }
        }
    }
}
