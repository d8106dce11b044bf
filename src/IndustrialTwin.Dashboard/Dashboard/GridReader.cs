using IndustrialTwin.Enterprise;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Problems;
using IndustrialTwin.Sites;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Dashboard;

/// <summary>Reads twins with a time limit on every call.</summary>
internal sealed class GridReader(IGrainFactory grains, IOptions<DashboardOptions> options)
{
    public IGrainFactory Grains => grains;

    public TimeSpan CallTimeout => options.Value.CallTimeout;

    /// <exception cref="TimeoutException">The twin did not answer in time.</exception>
    public Task<T> Within<T>(Task<T> call, CancellationToken cancellationToken) => call.WaitAsync(CallTimeout, cancellationToken);

    public Task<EnterpriseSnapshot> EnterpriseAsync(CancellationToken cancellationToken) =>
        Within(grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).GetSnapshot(), cancellationToken);

    public Task<SiteSnapshot> SiteAsync(SiteKey site, CancellationToken cancellationToken) =>
        Within(grains.GetGrain<ISiteGrain>(site.Value).GetSnapshot(), cancellationToken);

    public Task<LineSnapshot> LineAsync(LineKey line, CancellationToken cancellationToken) =>
        Within(grains.GetGrain<ILineGrain>(line.Value).GetSnapshot(), cancellationToken);

    public Task<MachineSnapshot> MachineAsync(MachineKey machine, CancellationToken cancellationToken) =>
        Within(grains.GetGrain<IMachineGrain>(machine.Value).GetSnapshot(), cancellationToken);

    /// <summary>Whether a plant file ever declared the site. Asked first, so that made-up keys activate no twins.</summary>
    public async Task<bool> KnowsSiteAsync(SiteKey site, CancellationToken cancellationToken) =>
        (await EnterpriseAsync(cancellationToken)).Sites.Contains(site);

    /// <summary>Reads many twins, a limited number at once. Those that do not answer are named and do not spoil the others.</summary>
    public async Task<Reading<T>> AllAsync<TKey, T>(
        IReadOnlyList<TKey> keys, Func<TKey, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
        where TKey : notnull
        where T : class
    {
        var found = new T?[keys.Count];
        var missing = new Unreachable?[keys.Count];
        await Parallel.ForAsync(
            0,
            keys.Count,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = options.Value.CallsAtOnceMax },
            async (index, token) =>
            {
                try
                {
                    found[index] = await read(keys[index], token);
                }
                catch (Exception fault) when (!token.IsCancellationRequested && GridFault.Of(fault) is not null)
                {
                    missing[index] = new Unreachable(keys[index].ToString()!, GridFault.Of(fault)!.Value.Title);
                }
            });
        return new Reading<T>([.. found.OfType<T>()], [.. missing.OfType<Unreachable>()]);
    }
}

/// <summary>What was read, and what did not answer.</summary>
internal sealed record Reading<T>(T[] Found, Unreachable[] Missing);

/// <summary>A twin that did not answer.</summary>
/// <param name="Asset">Its key.</param>
/// <param name="Detail">Why, in words.</param>
internal sealed record Unreachable(string Asset, string Detail);
