using System.Diagnostics;
using System.Net;
using IndustrialTwin.Audit;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Gameday;

/// <summary>Keys that were stolen are revoked while the thief uses them.</summary>
internal sealed class StolenKeyDrill : Drill
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public override string Name => "stolen-key";

    public override string Attempted => "a viewer's and a device's key are used over HTTP, the gateway and MQTT, on connections that stand and new ones, and revoked";

    public override string Expected => "every way refuses within 10 s; the audit log tells of the revocation and of the tries after it";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        var place = await trial.SharedAsync(cancellationToken);
        var machine = MachineKey.Parse("stolen/line-1/press-01");
        await using var owner = await place.ConnectAsync(null, cancellationToken);
        await Installation.DeclareAsync(owner, "stolen", [DrillPlant.Machine(machine.Value)], cancellationToken);
        var viewer = await Installation.CreateKeyAsync(owner, "stolen viewer", Role.Viewer, "stolen", cancellationToken);
        var sender = await Installation.CreateKeyAsync(owner, "stolen device", Role.Device, machine.Value, cancellationToken);

        await using var thief = await place.ConnectAsync(viewer.Secret, cancellationToken);
        var (device, letIn) = await DrillDevice.TryConnectAsync(place, cancellationToken, key: sender.Secret);
        using var standing = device ?? throw new InvalidOperationException($"MQTT did not take a good key: {letIn}");
        var sequence = 0;
        (string Way, Func<Task<bool>> IsOpen)[] ways =
        [
            ("HTTP", async () => await place.GetAsync(viewer.Secret, machine, cancellationToken) == HttpStatusCode.OK),
            ("gateway, standing", () => CallsAsync(thief)),
            ("gateway, new", async () =>
            {
                await using var again = await place.ConnectAsync(viewer.Secret, cancellationToken);
                return await CallsAsync(again);
            }),
            ("MQTT, standing", async () => standing.Client.IsConnected && (await standing.SendAsync(DrillPlant.Batch(machine, sequence++), cancellationToken)).IsSuccess),
            ("MQTT, new", async () =>
            {
                var (again, _) = await DrillDevice.TryConnectAsync(place, cancellationToken, key: sender.Secret);
                again?.Dispose();
                return again is not null;
            }),
        ];
        var shut = new List<string>();
        foreach (var (way, isOpen) in ways)
        {
            if (!await isOpen())
            {
                shut.Add(way);
            }
        }

        trial.Must(shut.Count == 0, shut.Count == 0 ? $"{ways.Length} ways are open to the thief" : $"not open to a good key: {string.Join(", ", shut)}");

        var revoked = Stopwatch.StartNew();
        foreach (var key in (CreatedKey[])[viewer, sender])
        {
            await owner.CallAsync(owner.Grains.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key).Revoke(key.Key.Id), "The key", cancellationToken);
        }

        foreach (var (way, isOpen) in ways)
        {
            var isShut = await Wait.UntilAsync(async () => !await isOpen(), Limit - revoked.Elapsed > TimeSpan.Zero ? Limit - revoked.Elapsed : TimeSpan.Zero, cancellationToken);
            trial.Must(isShut, isShut ? $"{way}: shut {revoked.Elapsed.TotalSeconds:0.0} s after" : $"{way}: still open {revoked.Elapsed.TotalSeconds:0} s after");
        }

        var records = await AuditTrail.ReadAsync(owner, cancellationToken);
        var revocation = records.LastOrDefault(record => record.Event.What.EndsWith("Revoke", StringComparison.Ordinal) && record.Event.Detail.Contains(viewer.Key.Id, StringComparison.Ordinal));
        var denied = records.Count(record => record.Number > revocation?.Number && record.Event.Outcome == AuditOutcome.Denied
            && (record.Event.Who.Contains(viewer.Key.Id, StringComparison.Ordinal) || record.Event.Who.Contains(sender.Key.Id, StringComparison.Ordinal)));
        trial.Must(denied > 0, $"audit: {(revocation is null ? "NO revocation" : "the revocation")}, {denied} tries with the keys refused after it");

        async Task<bool> CallsAsync(Grid.GridConnection grid)
        {
            try
            {
                await grid.CallAsync(grid.Grains.GetGrain<IMachineGrain>(machine.Value).GetSnapshot(), "The twin", cancellationToken);
                return true;
            }
            catch (CommandFault fault) when (fault.ExitCode is ExitCode.SignIn or ExitCode.Denied)
            {
                return false;
            }
        }
    }
}
