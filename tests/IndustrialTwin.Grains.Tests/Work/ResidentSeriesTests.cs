using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Kernels;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Xunit;

namespace IndustrialTwin.Work;

/// <summary>Series whose payload is at another node than their device: only what the device lacks is fetched.</summary>
public class ResidentSeriesTests
{
    private const int Length = 32;
    private const int Stride = 4;
    private static readonly float[] Series = KernelNoise.Floats(400);

    [Fact]
    public async Task Of_a_payload_elsewhere_only_what_the_device_lacks_is_fetched()
    {
        await using var grid = await GridCluster.StartAsync(silos: 2);
        var payloads = grid.Cluster.Silos.Cast<InProcessSiloHandle>().Select(silo => silo.ServiceProvider)
            .Single(services => services.GetRequiredService<NodeDevices>().Node == NodeKey.Parse("node-1")).GetRequiredService<NodePayloads>();
        var series = Guid.NewGuid();
        await AskAsync(64);
        Assert.Equal((0, 0, 1, 64), Seen());
        await AskAsync(68);
        await AskAsync(72);
        Assert.Equal((2, 0, 1, 64 + 8), Seen());

        // The device loses it: what is new is not enough, and the whole is fetched. The answer is one.
        var fails = true;
        grid.Device(2).Fails = () => Interlocked.Exchange(ref fails, false);
        Assert.Equal(ComputeOutcome.Failed, (await grid.Accelerator(2).Run(GridCluster.Request(1))).Outcome);
        await AskAsync(76);
        Assert.Equal((2, 1, 2, 64 + 8 + 64), Seen());
        await AskAsync(80);
        Assert.Equal((3, 1, 2, 64 + 8 + 64 + 4), Seen());

        (long Hits, long Misses, long Loads, long Samples) Seen()
        {
            var resident = grid.Device(2).Status.Resident;
            return (resident.Hits, resident.Misses, resident.Loads, resident.BytesMoved / sizeof(float));
        }

        async Task AskAsync(int end)
        {
            var request = new SlidingStatisticsRequest(series, end, Series[(end - 64)..end], Length, Stride, ((64 - Length) / Stride) + 1);
            var number = payloads.Keep(request);
            var reply = await grid.Accelerator(2).Run(
                new ReferredRequest(NodeKey.Parse("node-1"), number, "sliding-statistics.32", request.Windows) { Series = series, End = end });
            payloads.Release(number);
            Assert.True(reply.Outcome == ComputeOutcome.Done, reply.Detail);
            Assert.Equal(SeriesOutcome.Held, reply.Series);
            for (var window = 0; window < request.Windows; window++)
            {
                var samples = request.Samples.AsSpan(window * Stride, Length).ToArray();
                Assert.Equal(samples.Average(), reply.Values[(window * 10) + (int)Statistic.Mean], 1e-6);
            }
        }
    }

    [Fact]
    public async Task A_series_goes_through_queue_and_reference_and_its_device_keeps_it()
    {
        await using var grid = await GridCluster.StartAsync(configure: options => options.InlineBytesMax = 16);
        var series = Guid.NewGuid();
        var spectrum = new SlidingSpectrumRequest(series, 128, Series[..128], 64, 16, 5, 100, [new Band("all", 0, 50)]);
        var reply = await grid.GridOf().RunAsync(SiteKey.Parse("wuhan"), spectrum, TimeSpan.FromSeconds(20), CancellationToken.None);
        Assert.Equal((SeriesOutcome.Held, 5), (reply.Series, reply.Values.Length));
        var statistics = new SlidingStatisticsRequest(series, 128, [], 64, 16, 5);
        reply = await grid.GridOf().RunAsync(SiteKey.Parse("wuhan"), statistics, TimeSpan.FromSeconds(20), CancellationToken.None);
        Assert.Equal((SeriesOutcome.Held, 50), (reply.Series, reply.Values.Length));
        reply = await grid.GridOf().RunAsync(SiteKey.Parse("wuhan"), statistics with { Series = Guid.NewGuid() }, TimeSpan.FromSeconds(20), CancellationToken.None);
        Assert.Equal((ComputeOutcome.Done, SeriesOutcome.Missing, 0), (reply.Outcome, reply.Series, reply.Values.Length));
    }
}
