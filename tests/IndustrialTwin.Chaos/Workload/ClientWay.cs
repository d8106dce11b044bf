using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Hosting;

namespace IndustrialTwin.Chaos;

/// <summary>Calls the twin as an Orleans client; its answer means that the batch is committed.</summary>
internal sealed class ClientWay(IHost host, IClusterClient client) : IWay
{
    /// <summary>The caller's own deadline: then it asks again, under the same sequence.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public IClusterClient Client => client;

    public static async Task<ClientWay> ConnectAsync(ChaosCluster cluster)
    {
        var (host, client) = await cluster.ConnectAsync();
        return new ClientWay(host, client);
    }

    public async Task<bool> SendAsync(SampleBatch batch, CancellationToken cancellationToken) =>
        (await client.GetGrain<IMachineGrain>(batch.Machine.Value).Observe(batch, CancellationToken.None).WaitAsync(Patience, cancellationToken)).Outcome
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
