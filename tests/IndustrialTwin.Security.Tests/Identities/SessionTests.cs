using IndustrialTwin.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Identities;

/// <summary>Browsers' sessions: who sees them, who ends them, and what ends with them; and what asks for a recent sign-in.</summary>
public class SessionTests(SecuredCluster cluster)
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private ISessionGrain Sessions => cluster.Client.GetGrain<ISessionGrain>(ISessionGrain.Key);

    [Fact]
    public async Task A_person_sees_its_own_sessions_and_ends_one_or_all_others_and_nobody_else_s()
    {
        var (first, second, third) = (await BeginAsync("wang", agent: "one\r\n"), await BeginAsync("wang"), await BeginAsync("wang"));
        var stranger = await BeginAsync("stranger");
        var listed = await SecuredCluster.AsAsync(second.Text, () => Sessions.List());
        Assert.Equal(3, listed.Length);
        Assert.Equal(IdOf(second), Assert.Single(listed, session => session.IsThis).Id);
        var one = listed.Single(session => session.Id == IdOf(first));
        Assert.Equal(("wang", "10.1.1.1", "one", SignInWay.Key, Role.Viewer), (one.Holder, one.From, one.Agent, one.Way, one.Role));
        Assert.InRange(one.UsedUs, one.BegunUs, one.EndsUs);

        Assert.False(await SecuredCluster.AsAsync(second.Text, () => Sessions.End(IdOf(stranger))));
        await Assert.ThrowsAsync<AccessDeniedException>(() => SecuredCluster.AsAsync(second.Text, () => Sessions.EndOfAnybody(IdOf(stranger))));
        await Assert.ThrowsAsync<AccessDeniedException>(() => SecuredCluster.AsAsync(second.Text, () => Sessions.ListAll()));
        Assert.NotNull(cluster.Door.Verify(stranger.Text));

        Assert.True(await SecuredCluster.AsAsync(second.Text, () => Sessions.End(IdOf(first))));
        await GoneAsync(first.Text);
        Assert.NotNull(cluster.Door.Verify(third.Text));
        Assert.Equal(1, await SecuredCluster.AsAsync(second.Text, () => Sessions.EndOthers()));
        await GoneAsync(third.Text);
        Assert.NotNull(cluster.Door.Verify(second.Text));
        Assert.Equal([IdOf(second)], (await SecuredCluster.AsAsync(second.Text, () => Sessions.List())).Select(session => session.Id));

        var ends = (await cluster.Audit.ReadAsync(1, 100_000, Cancelled)).Select(record => record.Event).Where(happened => happened is { What: "session.end", Who: "wang" }).ToList();
        Assert.Contains(ends, happened => happened.Detail.Contains(IdOf(first), StringComparison.Ordinal) && happened.Outcome == AuditOutcome.Allowed);
        Assert.Contains(ends, happened => happened.Detail.Contains(IdOf(third), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_administrator_ends_others_sessions_within_its_own_reach_and_only_after_a_recent_sign_in()
    {
        var (mine, theirs) = (await BeginAsync("li", "alpha-1/line-1", "alpha"), await BeginAsync("hu", "beta-1", "beta"));
        var tenants = cluster.Pass(Role.Administrator, "alpha-1", "alpha");
        var seen = await SecuredCluster.AsAsync(tenants, () => Sessions.ListAll());
        Assert.Contains(seen, session => session.Id == IdOf(mine));
        Assert.DoesNotContain(seen, session => session.Id == IdOf(theirs));
        Assert.False(await SecuredCluster.AsAsync(tenants, () => Sessions.EndOfAnybody(IdOf(theirs))));

        var fault = await Assert.ThrowsAsync<AccessDeniedException>(() => SecuredCluster.AsAsync(Aged(TimeSpan.FromMinutes(16)), () => Sessions.EndOfAnybody(IdOf(theirs))));
        Assert.Equal(SignInDemand.Recent, fault.Demand);
        Assert.True(await SecuredCluster.AsAsync(Aged(TimeSpan.FromMinutes(14)), () => Sessions.EndOfAnybody(IdOf(theirs))));
        Assert.True(await SecuredCluster.AsAsync(tenants, () => Sessions.EndOfAnybody(IdOf(mine))));
        await GoneAsync(theirs.Text);
        await GoneAsync(mine.Text);
    }

    [Fact]
    public async Task Whatever_came_of_a_session_ends_with_it()
    {
        var session = await BeginAsync("zhao");
        var shown = (await cluster.Door.SignInAsync(session.Text, "http 10.1.1.2", Cancelled))!;
        var passedOn = cluster.Door.Issue(shown.Caller, Long);
        var prolonged = cluster.Door.Renew(session.Text, Long)!;
        await SecuredCluster.AsAsync(session.Text, () => Sessions.End(IdOf(session)));
        foreach (var pass in (Pass[])[session, shown, passedOn, prolonged])
        {
            await GoneAsync(pass.Text);
        }
    }

    [Fact]
    public async Task A_browser_that_signs_in_anew_and_one_too_many_end_a_session_and_so_does_a_revoked_key()
    {
        var before = await BeginAsync("sun");
        var after = await BeginAsync("sun", before: before.Text);
        await GoneAsync(before.Text);
        Assert.NotNull(cluster.Door.Verify(after.Text));

        var max = cluster.Silo.GetRequiredService<IOptions<SecurityOptions>>().Value.SessionsPerPersonMax;
        for (var more = 0; more < max; more++)
        {
            await BeginAsync("sun");
        }

        await GoneAsync(after.Text);
        var own = await SecuredCluster.AsAsync((await BeginAsync("sun")).Text, () => Sessions.List());
        Assert.Equal(max, own.Length);

        var (stored, text) = KeyText.Make(new AccessKeyRequest("qian", Role.Viewer, "alpha-1"), 1);
        await cluster.Store.AddKeyAsync(stored, Cancelled);
        await cluster.Silo.GetRequiredService<AccessBook>().RefreshAsync(Cancelled);
        var signedIn = (await cluster.Door.SignInAsync(text, "http 10.1.1.3", Cancelled))!;
        Assert.InRange(signedIn.Caller.Proof!.AtUs!.Value, TimeProvider.System.NowUs() - 30_000_000, TimeProvider.System.NowUs());
        var session = await cluster.Door.BeginSessionAsync(signedIn.Caller, new SessionRequest("10.1.1.3", "x", Long, Long), Cancelled);
        await cluster.Store.RevokeKeyAsync(stored.Key.Id, 5, Cancelled);
        await GoneAsync(session.Text);
        Assert.DoesNotContain(await cluster.Store.ReadSessionsAsync(Cancelled), one => one.Holder == stored.Key.Id);
    }

    [Fact]
    public async Task When_a_session_was_used_is_kept()
    {
        var session = await BeginAsync("feng");
        var begun = (await cluster.Store.ReadSessionsAsync(Cancelled)).Single(one => one.Id == IdOf(session));
        await SecuredCluster.UntilAsync(async () =>
        {
            cluster.Door.Used(session.Caller);
            return (await cluster.Store.ReadSessionsAsync(Cancelled)).Single(one => one.Id == IdOf(session)).UsedUs > begun.UsedUs;
        });
        var longer = cluster.Door.Renew(session.Text, 2 * Long)!;
        Assert.Equal(begun.UntilUs, longer.ExpiresUs); // However often it is prolonged.
        Assert.True(begun.EndsUs < begun.UntilUs);
        await SecuredCluster.UntilAsync(async () => (await cluster.Store.ReadSessionsAsync(Cancelled)).Single(one => one.Id == IdOf(session)).EndsUs == longer.ExpiresUs);
    }

    [Theory]
    [InlineData(14, true)]
    [InlineData(16, false)]
    [InlineData(null, false)]
    public async Task Keys_tenants_and_declarations_ask_for_a_recent_sign_in_and_alarms_and_looking_do_not(int? minutes, bool isLet)
    {
        var pass = Aged(minutes is { } age ? TimeSpan.FromMinutes(age) : null);
        (string Name, Func<Task> Call)[] asking =
        [
            ("keys.Create", () => cluster.Client.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key).Create(new AccessKeyRequest("x", Role.Viewer, "alpha-1"))),
            ("keys.Revoke", () => cluster.Client.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key).Revoke("none")),
            ("site.Apply", () => cluster.Client.GetGrain<Sites.ISiteGrain>("alpha-1").Apply(SecuredCluster.Site(SecuredCluster.Alpha))),
        ];
        foreach (var (name, call) in asking)
        {
            var fault = await Record.ExceptionAsync(() => SecuredCluster.AsAsync(pass, call));
            Assert.True(fault is null == isLet && fault is null or AccessDeniedException { Demand: SignInDemand.Recent, IsKnown: true, ProofAgeMax.TotalMinutes: 15 }, $"{name}: {fault}");
            Assert.True(fault is null || fault.Message.Contains("Security:ProofAgeMax", StringComparison.Ordinal), $"{name}: {fault?.Message}");
        }

        var machine = cluster.Client.GetGrain<Machines.IMachineGrain>(SecuredCluster.Alpha.Value);
        await SecuredCluster.AsAsync(pass, () => machine.CommandAlarm(new Alarms.AlarmCommand("overload", Alarms.AlarmAction.Acknowledge, "x")));
        await SecuredCluster.AsAsync(pass, () => machine.GetSnapshot());
    }

    private string Aged(TimeSpan? age) => cluster.Door.Issue(
        new Caller("aged", "aged", Role.Administrator, [Caller.Everywhere], Proof: new Proof(SignInWay.Provider, age is { } old ? TimeProvider.System.NowUs() - (old.Ticks / 10) : null, true)), Long).Text;

    private async Task<Pass> BeginAsync(string who, string scope = "alpha-1", string? tenant = null, string agent = "browser", string? before = null) => await cluster.Door.BeginSessionAsync(
        new Caller(who, who, Role.Viewer, [scope], tenant, Proof: new Proof(SignInWay.Key, TimeProvider.System.NowUs())), new SessionRequest("10.1.1.1", agent, Long, Long / 2, before), Cancelled);

    private static string IdOf(Pass pass) => pass.Caller.Proof!.Session!;

    private Task GoneAsync(string pass) => SecuredCluster.UntilAsync(() => Task.FromResult(cluster.Silos.All(silo => silo.GetRequiredService<IAccess>().Verify(pass) is null)));
}
