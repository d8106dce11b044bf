using IndustrialTwin.Accelerators;
using IndustrialTwin.Alarms;
using IndustrialTwin.Audit;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using IndustrialTwin.Tenants;
using IndustrialTwin.Work;
using Microsoft.Extensions.DependencyInjection;

namespace IndustrialTwin.Identities;

/// <summary>The rule as a client of the grid meets it.</summary>
public class GrainAccessTests(SecuredCluster cluster)
{
    private static int _sequence;

    private static readonly Role[] All = [Role.Viewer, Role.Operator, Role.Engineer, Role.Administrator, Role.Device];

    /// <summary>Each call, and the roles with the scope of the machine's line that may make it.</summary>
    private static (string Name, Func<IGrainFactory, Task> Call, Role[] Line)[] Table { get; } =
    [
        ("machine.Observe", grains => Machine(grains).Observe(SecuredCluster.Batch(SecuredCluster.Alpha, Interlocked.Increment(ref _sequence))), [Role.Engineer, Role.Administrator, Role.Device]),
        ("machine.GetSnapshot", grains => Machine(grains).GetSnapshot(), [Role.Viewer, Role.Operator, Role.Engineer, Role.Administrator]),
        ("machine.GetSamples", grains => Machine(grains).GetSamples(new SampleQuery("force", 0, 1)), [Role.Viewer, Role.Operator, Role.Engineer, Role.Administrator]),
        ("machine.CommandAlarm", grains => Machine(grains).CommandAlarm(new AlarmCommand("overload", AlarmAction.Acknowledge, "me")), [Role.Operator, Role.Engineer, Role.Administrator]),
        ("machine.Watch", async grains =>
        {
            await foreach (var _ in Machine(grains).Watch(TimeSpan.FromSeconds(1)))
            {
                break;
            }
        }, [Role.Viewer, Role.Operator, Role.Engineer, Role.Administrator]),
        ("line.GetSnapshot", grains => grains.GetGrain<ILineGrain>(SecuredCluster.Alpha.Line.Value).GetSnapshot(), [Role.Viewer, Role.Operator, Role.Engineer, Role.Administrator]),
        ("line.Apply", grains => grains.GetGrain<ILineGrain>(SecuredCluster.Alpha.Line.Value).Apply(SecuredCluster.Site(SecuredCluster.Alpha).Lines[0]), [Role.Engineer, Role.Administrator]),
        ("line.Report", grains => grains.GetGrain<ILineGrain>(SecuredCluster.Alpha.Line.Value).Report(null!), []),
        ("site.Apply", grains => grains.GetGrain<ISiteGrain>("alpha-1").Apply(SecuredCluster.Site(SecuredCluster.Alpha)), []),
        ("site.GetSnapshot", grains => grains.GetGrain<ISiteGrain>("alpha-1").GetSnapshot(), [Role.Viewer, Role.Operator, Role.Engineer, Role.Administrator]),
        ("enterprise.GetSnapshot", grains => grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).GetSnapshot(), [Role.Viewer, Role.Operator, Role.Engineer, Role.Administrator]),
        ("enterprise.RegisterSite", grains => grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).RegisterSite(SiteKey.Parse("made-up")), []),
        ("node.GetSnapshot", grains => grains.GetGrain<INodeGrain>("node-1").GetSnapshot(), [Role.Viewer, Role.Operator, Role.Engineer, Role.Administrator]),
        ("accelerator.Run", grains => grains.GetGrain<IAcceleratorGrain>("node-1/native-0").Run(null!), []),
        ("queue.Submit", grains => grains.GetGrain<IWorkQueueGrain>("alpha-1/window-statistics.8").Submit(null!), []),
        ("board.Rests", grains => grains.GetGrain<IWorkBoardGrain>(IWorkBoardGrain.Key).Rests(AcceleratorKey.Parse("a/b"), 0), []),
        ("keys.List", grains => grains.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key).List(), [Role.Administrator]),
        ("tenants.Set", grains => grains.GetGrain<ITenantGrain>(ITenantGrain.Key).Set(new Tenant("gamma", ["gamma-1"])), []),
        ("audit.Verify", grains => grains.GetGrain<IAuditGrain>(IAuditGrain.Key).Verify(null), []),
    ];

    [Fact]
    public async Task Each_role_may_on_its_line_what_the_table_says_and_nothing_on_another_s()
    {
        foreach (var (name, call, allowed) in Table)
        {
            foreach (var role in All)
            {
                await ExpectAsync(name, call, cluster.Pass(role, SecuredCluster.Alpha.Line.Value), allowed.Contains(role));
                if (name.StartsWith("machine.", StringComparison.Ordinal) || name.StartsWith("line.", StringComparison.Ordinal) || name.StartsWith("site.", StringComparison.Ordinal))
                {
                    await ExpectAsync(name, call, cluster.Pass(role, "beta-1"), false);
                }
            }
        }
    }

    [Fact]
    public async Task Nobody_may_anything_without_a_pass_that_the_cluster_signed()
    {
        var good = cluster.Pass(Role.Administrator, Caller.Everywhere);
        var (body, seal) = (good[..good.LastIndexOf('.')], good[good.LastIndexOf('.')..]);
        var foreign = new PassSeal([new byte[32]]).Sign(new PassSeal.Claims("1", "silo", "silo", Role.Administrator, ["*"], null, long.MaxValue, Silo: true));
        string?[] claims = [null, string.Empty, "administrator", Pass.Nobody, body, body + ".", body[..^4] + "AAAA" + seal, good + "x", "p1.." + seal, foreign, new string('x', 100_000)];
        foreach (var claim in claims)
        {
            foreach (var (name, call, _) in Table)
            {
                await ExpectAsync(name, call, claim, false);
            }
        }
    }

    [Fact]
    public async Task What_a_client_says_of_itself_beside_the_pass_changes_nothing()
    {
        RequestContext.Set("role", "Administrator");
        RequestContext.Set("itwin.caller", "silo");
        await ExpectAsync("keys.List", grains => grains.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key).List(), cluster.Pass(Role.Viewer, "*"), false);
    }

    [Fact]
    public async Task The_actor_runtime_s_own_grains_are_no_way_in()
    {
        var management = cluster.Client.GetGrain<IManagementGrain>(0);
        await Assert.ThrowsAsync<AccessDeniedException>(() => SecuredCluster.AsAsync(null, () => management.GetHosts()));
        await Assert.ThrowsAsync<AccessDeniedException>(() => SecuredCluster.AsAsync(cluster.Pass(Role.Administrator, "*"), () => management.GetHosts()));
        var deactivation = cluster.Client.GetGrain<IMachineGrain>(SecuredCluster.Alpha.Value).AsReference<Orleans.Core.Internal.IGrainManagementExtension>();
        await Assert.ThrowsAsync<AccessDeniedException>(() => SecuredCluster.AsAsync(cluster.Pass(Role.Administrator, "*"), () => deactivation.DeactivateOnIdle().AsTask()));
    }

    [Fact]
    public async Task A_stale_an_ended_and_a_revoked_pass_count_no_more()
    {
        var caller = new Caller("x", "x", Role.Viewer, ["*"]);
        var stale = cluster.Door.Issue(caller, TimeSpan.FromSeconds(-1)).Text;
        await ExpectAsync("stale", grains => Machine(grains).GetSnapshot(), stale, false);

        var ended = cluster.Door.Issue(caller, TimeSpan.FromMinutes(5)).Text;
        await ExpectAsync("good", grains => Machine(grains).GetSnapshot(), ended, true);
        await cluster.Door.EndAsync(ended, TestContext.Current.CancellationToken);
        await RefusedSoonAsync(ended);

        var admin = cluster.Pass(Role.Administrator, "*");
        var keys = cluster.Client.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key);
        var created = await SecuredCluster.AsAsync(admin, () => keys.Create(new AccessKeyRequest("tablet", Role.Viewer, "alpha-1")));
        await SecuredCluster.UntilAsync(() => Task.FromResult(cluster.Silos.All(silo => silo.GetRequiredService<AccessBook>().Now.Keys.ContainsKey(created.Key.Id))));
        var pass = await SecuredCluster.AsAsync(null, () => Enter(created.Secret));
        Assert.NotNull(pass);
        await ExpectAsync("key", grains => Machine(grains).GetSnapshot(), pass.Text, true);
        Assert.True(await SecuredCluster.AsAsync(admin, () => keys.Revoke(created.Key.Id)));
        await RefusedSoonAsync(pass.Text);
        await SecuredCluster.UntilAsync(async () => await SecuredCluster.AsAsync(null, () => Enter(created.Secret)) is null);
        Assert.False(await SecuredCluster.AsAsync(admin, () => keys.Revoke(created.Key.Id)));
    }

    [Fact]
    public async Task An_alarm_s_operator_is_who_signed_in_and_not_who_the_command_names()
    {
        var pass = cluster.Pass(Role.Operator, "alpha-1", name: "li.wei");
        await SecuredCluster.AsAsync(pass, () => Machine(cluster.Client).CommandAlarm(new AlarmCommand("overload", AlarmAction.Acknowledge, "the boss")));
        var admin = cluster.Pass(Role.Administrator, "*");
        var records = await cluster.Audit.ReadAsync(1, 10_000, TestContext.Current.CancellationToken);
        Assert.Contains(records, record => record.Event is { Who: "li.wei", What: "itwin.machine.CommandAlarm", Where: "alpha-1/line-1/press-1", Outcome: AuditOutcome.Allowed });
    }

    [Fact]
    public async Task What_silos_do_among_themselves_is_never_refused()
    {
        await SecuredCluster.AsAsync(cluster.Pass(Role.Administrator, "*"), () => Machine(cluster.Client).GetSnapshot());
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken); // Reports, timers and the grid's own calls.
        var records = await cluster.Audit.ReadAsync(1, 100_000, TestContext.Current.CancellationToken);
        string[] calls = ["itwin.", "sign-in", "session.", "Orleans.Runtime.IManagementGrain", "Orleans.Core.Internal.IGrainManagementExtension", "Orleans.Runtime.IAsyncEnumerableGrainExtension.DisposeAsync"];
        Assert.DoesNotContain(records.Select(record => record.Event.What).Distinct(), what => !calls.Any(call => what.StartsWith(call, StringComparison.Ordinal)));
    }

    private static IMachineGrain Machine(IGrainFactory grains) => grains.GetGrain<IMachineGrain>(SecuredCluster.Alpha.Value);

    private Task<Pass?> Enter(string credential) => cluster.Client.GetGrain<ISignInGrain>(ISignInGrain.Key).SignIn(credential);

    private Task RefusedSoonAsync(string pass) => SecuredCluster.UntilAsync(async () =>
    {
        try
        {
            await SecuredCluster.AsAsync(pass, () => Machine(cluster.Client).GetSnapshot());
            return false;
        }
        catch (AccessDeniedException)
        {
            return true;
        }
    });

    private async Task ExpectAsync(string name, Func<IGrainFactory, Task> call, string? pass, bool allowed)
    {
        Exception? fault = null;
        try
        {
            await SecuredCluster.AsAsync(pass, () => call(cluster.Client));
        }
        catch (Exception thrown)
        {
            fault = thrown;
        }

        Assert.True(allowed == fault is not AccessDeniedException, $"{name} with {pass?[..Math.Min(12, pass.Length)]}: expected {(allowed ? "allowed" : "refused")}, got {fault?.Message ?? "an answer"}");
        Assert.True(allowed || fault is AccessDeniedException, $"{name}: {fault}");
    }
}
