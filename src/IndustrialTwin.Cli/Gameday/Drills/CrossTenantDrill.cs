using System.Net;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Tenants;
using MQTTnet;

namespace IndustrialTwin.Gameday;

/// <summary>A tenant's key that is held against another tenant's machines.</summary>
internal sealed class CrossTenantDrill : Drill
{
    public override string Name => "cross-tenant";

    public override string Attempted => "an engineer's key of one tenant reads, lists, declares and subscribes to another tenant's machines over HTTP, the gateway and MQTT";

    public override string Expected => "refused everywhere, with the same words as for a machine that does not exist; lists leave it out";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        var place = await trial.SharedAsync(cancellationToken);
        var (own, other, absent) = (MachineKey.Parse("alpha/line-1/press-01"), MachineKey.Parse("beta/line-1/press-01"), MachineKey.Parse("beta/line-1/press-99"));
        await using var owner = await place.ConnectAsync(null, cancellationToken);
        foreach (var machine in (MachineKey[])[own, other])
        {
            var site = machine.Site.Value;
            await Installation.DeclareAsync(owner, site, [DrillPlant.Machine(machine.Value)], cancellationToken);
            await owner.Grains.GetGrain<ITenantGrain>(ITenantGrain.Key).Set(new Tenant(site, [site])).WaitAsync(Installation.Patience, cancellationToken);
        }

        var key = await Installation.CreateKeyAsync(owner, "alpha engineer", Role.Engineer, "*", cancellationToken, "alpha");
        await using var grid = await place.ConnectAsync(key.Secret, cancellationToken);
        string? mine = "unasked";
        var isKnown = await Wait.UntilAsync(async () => (mine = await RefusalAsync(own)) is null, TimeSpan.FromSeconds(10), cancellationToken); // The silo reads of new tenants every second.
        trial.Must(isKnown, isKnown ? "its own machine: answered" : $"its own machine: {mine}");
        var (there, nowhere) = (await RefusalAsync(other), await RefusalAsync(absent));
        trial.Must(there is not null && there == nowhere?.Replace(absent.Value, other.Value, StringComparison.Ordinal), $"gateway: {(there is null ? "ANSWERED" : "refused, as for one that does not exist")}");
        var declared = await RefusalOfAsync(grid.Grains.GetGrain<IMachineGrain>(other.Value).Apply(DrillPlant.Machine(other.Value) with { Revision = "2" }, CancellationToken.None));
        trial.Must(declared is not null, $"gateway, declaring: {(declared is null ? "DONE" : "refused")}");
        var (mineHttp, otherHttp, absentHttp) = (await place.GetAsync(key.Secret, own, cancellationToken), await place.GetAsync(key.Secret, other, cancellationToken), await place.GetAsync(key.Secret, absent, cancellationToken));
        trial.Must(mineHttp == HttpStatusCode.OK && otherHttp != HttpStatusCode.OK && otherHttp == absentHttp, $"HTTP: own {(int)mineHttp}, the other's {(int)otherHttp}, none's {(int)absentHttp}");
        var known = await grid.CallAsync(grid.Grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).GetSnapshot(), "The enterprise", cancellationToken);
        trial.Must(known.Sites.Length == 1 && known.Sites[0].Value == "alpha", $"sites that it is told of: {string.Join(' ', known.Sites.Select(site => site.Value))}");
        var (device, outcome) = await DrillDevice.TryConnectAsync(place, cancellationToken, key: key.Secret);
        using var listener = device ?? throw new InvalidOperationException($"MQTT did not take a good key: {outcome}");
        var heard = await listener.Client.SubscribeAsync(SampleTopic.Of(other), cancellationToken: cancellationToken);
        var code = heard.Items.First().ResultCode;
        trial.Must(code == MqttClientSubscribeResultCode.NotAuthorized, $"MQTT, subscribing: {code}");

        Task<string?> RefusalAsync(MachineKey machine) => RefusalOfAsync(grid.Grains.GetGrain<IMachineGrain>(machine.Value).GetSnapshot());

        async Task<string?> RefusalOfAsync<T>(Task<T> call)
        {
            try
            {
                await grid.CallAsync(call, "The twin", cancellationToken);
                return null;
            }
            catch (CommandFault fault) when (fault.ExitCode is ExitCode.Denied or ExitCode.SignIn)
            {
                return fault.Message;
            }
        }
    }
}
