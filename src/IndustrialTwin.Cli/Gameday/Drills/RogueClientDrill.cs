using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using IndustrialTwin.Alarms;
using IndustrialTwin.Audit;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Gameday;

/// <summary>A program with a client's certificate that calls grains as it likes, with whatever it likes in the request context.</summary>
internal sealed class RogueClientDrill : Drill
{
    /// <summary>Refusals beyond ten a second are counted in the audit log but not written one by one.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(150), Fresh = TimeSpan.FromSeconds(1.1);

    public override string Name => "rogue-client";

    public override string Attempted => "an Orleans client calls twins with no pass, with forged and altered passes, a silo's among them, above its role and outside its site, and what only silos may call";

    public override string Expected => "each call is refused and stands in the audit log; right calls are answered";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        var place = await trial.SharedAsync(cancellationToken);
        var machine = DrillPlant.Machine("rogue/line-1/press-01");
        await using var owner = await place.ConnectAsync(null, cancellationToken);
        await Installation.DeclareAsync(owner, "rogue", [machine], cancellationToken);
        await Installation.DeclareAsync(owner, "rogue-other", [DrillPlant.Machine("rogue-other/line-1/press-01")], cancellationToken);
        var viewer = await Installation.CreateKeyAsync(owner, "rogue viewer", Role.Viewer, "rogue", cancellationToken);
        var administrator = await Installation.CreateKeyAsync(owner, "rogue administrator", Role.Administrator, "*", cancellationToken);
        var begin = (await AuditTrail.ReadAsync(owner, cancellationToken)).Count;

        await using var client = await place.ConnectAsync(string.Empty, cancellationToken); // Signs in as nobody: each call below carries what it is given.
        var (grains, door) = (client.Grains, client.Grains.GetGrain<ISignInGrain>(ISignInGrain.Key));
        var look = (await door.SignIn(viewer.Secret).WaitAsync(Installation.Patience, cancellationToken))?.Text ?? string.Empty;
        var rule = (await door.SignIn(administrator.Secret).WaitAsync(Installation.Patience, cancellationToken))?.Text ?? string.Empty;
        var twin = grains.GetGrain<IMachineGrain>(machine.Machine.Value);
        var enterprise = grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key);
        var alarm = new AlarmCommand("overload", AlarmAction.Acknowledge, "rogue");
        (string What, string? Carries, Func<Task> Call, bool IsRight)[] tries =
        [
            ("a viewer looks", look, () => twin.GetSnapshot(), true),
            ("no pass", null, () => twin.GetSnapshot(), false),
            ("a pass of its own making", Forged(silo: false), () => twin.GetSnapshot(), false),
            ("a silo's pass of its own making", Forged(silo: true), () => enterprise.RegisterNode(NodeKey.Parse("rogue")), false),
            ("a viewer's pass altered to an administrator's", Altered(look), () => twin.Apply(machine with { Revision = "2" }, CancellationToken.None), false),
            ("a viewer acknowledges an alarm", look, () => twin.CommandAlarm(alarm, CancellationToken.None), false),
            ("a viewer declares", look, () => twin.Apply(machine with { Revision = "2" }, CancellationToken.None), false),
            ("a viewer retires", look, () => twin.Retire(CancellationToken.None), false),
            ("a viewer sends samples", look, () => twin.Observe(DrillPlant.Batch(machine.Machine, 0), CancellationToken.None), false),
            ("a viewer looks elsewhere", look, () => grains.GetGrain<IMachineGrain>("rogue-other/line-1/press-01").GetSnapshot(), false),
            ("a viewer makes keys", look, () => grains.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key).Create(new AccessKeyRequest("more", Role.Administrator, "*")), false),
            ("a viewer reads the audit log", look, () => grains.GetGrain<IAuditGrain>(IAuditGrain.Key).Read(1, 10), false),
            ("an administrator registers a node, as silos do", rule, () => enterprise.RegisterNode(NodeKey.Parse("rogue")), false),
            ("an administrator registers a site, as silos do", rule, () => enterprise.RegisterSite(SiteKey.Parse("ghost")), false),
            ("an administrator calls the runtime's own management", rule, () => grains.GetGrain<IManagementGrain>(0).GetHosts(), false),
        ];
        var wrong = new List<string>();
        await Task.Delay(Fresh, cancellationToken);
        foreach (var (what, carries, call, isRight) in tries)
        {
            await Task.Delay(Pace, cancellationToken);
            if (await IsAnsweredAsync(carries, call, cancellationToken) != isRight)
            {
                wrong.Add(what);
            }
        }

        var attacks = tries.Count(one => !one.IsRight);
        trial.Must(wrong.Count == 0, wrong.Count == 0 ? $"{attacks} of {attacks} calls refused, a right one answered" : $"not as it must be: {string.Join("; ", wrong)}");
        var revision = (await owner.CallAsync(owner.Grains.GetGrain<IMachineGrain>(machine.Machine.Value).GetSnapshot(), "The twin", cancellationToken)).Revision;
        var known = await owner.CallAsync(owner.Grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).GetSnapshot(), "The enterprise", cancellationToken);
        var isUntouched = revision == "1" && !known.Nodes.Any(node => node.Value == "rogue") && !known.Sites.Any(site => site.Value == "ghost");
        trial.Must(isUntouched, isUntouched ? "twin and enterprise are as before" : "the twin or the enterprise was CHANGED");
        var denied = (await AuditTrail.ReadAsync(owner, cancellationToken)).Skip(begin).Count(record => record.Event.Outcome == AuditOutcome.Denied);
        trial.Must(denied >= attacks, $"{denied} refusals in the audit log");
    }

    /// <summary>Whether a call is answered and not refused. Anything but a refusal counts as an answer: what went wrong then was past the door.</summary>
    private static async Task<bool> IsAnsweredAsync(string? carries, Func<Task> call, CancellationToken cancellationToken)
    {
        Pass.Carried = carries;
        try
        {
            await call().WaitAsync(Installation.Patience, cancellationToken);
            return true;
        }
        catch (AccessDeniedException)
        {
            return false;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
        finally
        {
            Pass.Carried = null;
        }
    }

    /// <summary>A pass as the cluster writes it, under a key that is not the cluster's.</summary>
    private static string Forged(bool silo)
    {
        var ends = DrillPlant.NowUs + 600_000_000;
        var claims = $$"""{"Pass":"00","Id":"rogue","Name":"rogue","Role":4,"Scopes":["*"],"Tenant":null,"Ends":{{ends}},"Silo":{{(silo ? "true" : "false")}}}""";
        var head = "p1." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims));
        return $"{head}.{Base64Url.EncodeToString(HMACSHA256.HashData(new byte[32], Encoding.ASCII.GetBytes(head)))}";
    }

    /// <summary>A genuine pass with another role under the same seal.</summary>
    private static string Altered(string pass)
    {
        if (pass.Split('.') is not [var version, var claims, var seal])
        {
            return "altered";
        }

        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(claims)).Replace("\"Role\":1", "\"Role\":4", StringComparison.Ordinal);
        return $"{version}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text))}.{seal}";
    }
}
