using Orleans.Configuration;

namespace IndustrialTwin.Hosting;

/// <summary>
/// How twins come to a silo that joins. New twins go where there is room by themselves; those that are awake stay where they are until
/// somebody moves them. A twin that moves takes its state with it and claims its log anew. Twins that move together wait for the slowest of
/// them with their callers, so they move in cycles that are short and small; while the log is away nothing moves (<see cref="BalancingPause"/>).
/// </summary>
internal static class BalancingHosting
{
    /// <summary>How often silos tell each other of their loads; a cycle of the rebalancer has to be more than twice as long.</summary>
    private static readonly TimeSpan LoadInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Cycle = TimeSpan.FromSeconds(2.5);

    /// <summary>Twins that one silo gives another in a cycle.</summary>
    private const int TwinsAtOnceMax = 1_000;

    /// <summary>Adds the actor runtime's rebalancer, quick enough to spread a cluster that has grown within a minute.</summary>
    public static void AddBalancing(this ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP002 // Its interface may change; what it does is what a moved activation does at any rate.
        silo.AddActivationRebalancer();
#pragma warning restore ORLEANSEXP002
        silo.Configure<DeploymentLoadPublisherOptions>(load => load.DeploymentLoadPublisherRefreshTime = LoadInterval);
        silo.Configure<ActivationRebalancerOptions>(rebalancer =>
        {
            rebalancer.RebalancerDueTime = 2 * Cycle;
            rebalancer.SessionCyclePeriod = Cycle;
            rebalancer.CycleNumberWeight = 0.5;
            rebalancer.SiloNumberWeight = 0.3;
            rebalancer.ActivationMigrationCountLimit = TwinsAtOnceMax;
        });
        silo.Services.AddHostedService<BalancingPause>();
    }
}
