using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Hosting;

namespace IndustrialTwin.Chaos;

/// <summary>Calls the twin as an Orleans client; its answer means that the batch is committed.</summary>
internal sealed class ClientWay(IHost host, IClusterClient client) : IWay
{
    public IClusterClient Client => client;

    public static async Task<ClientWay> ConnectAsync(ChaosCluster cluster)
    {
        var (host, client) = await cluster.ConnectAsync();
        return new ClientWay(host, client);
    }

    public async Task<bool> SendAsync(SampleBatch batch, CancellationToken cancellationToken) =>
        (await client.GetGrain<IMachineGrain>(batch.Machine.Value).Observe(batch, CancellationToken.None)).Outcome
            is ObserveOutcome.Accepted or ObserveOutcome.Duplicate;

    public async ValueTask DisposeAsync()
    {
        using (var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2)))
        {
            await host.StopAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        host.Dispose();
    }
}
