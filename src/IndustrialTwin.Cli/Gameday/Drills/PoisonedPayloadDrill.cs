using System.Net.Sockets;
using System.Text;
using IndustrialTwin.Certificates;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Gameday;

/// <summary>Payloads and packets that are made to break who reads them.</summary>
internal sealed class PoisonedPayloadDrill : Drill
{
    private const long MemoryMax = 256L << 20;

    private const string Head = """{"source":"drill","epoch":1,"sequence":0,""";

    /// <summary>A protocol buffer whose first field says that 2⁶³ bytes follow.</summary>
    private static readonly byte[] HugeLength = [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];

    private static readonly (string What, byte[] Payload)[] Poisons =
    [
        ("cut off", Text($$"""{{Head}}"timesUs":[1,2,"chan""")),
        ("nested 100000 deep", Text(new string('[', 100_000))),
        ("NaN as a number", Text($$$"""{{{Head}}}"timesUs":[1],"channels":{"force":[NaN]}}""")),
        ("text for numbers", Text($$$"""{{{Head}}}"timesUs":[1],"channels":{"force":"full"}}""")),
        ("2000000000 times by count", Text($$$"""{{{Head}}}"timesUs":{"startUs":0,"stepUs":1,"count":2000000000},"channels":{"force":[1]}}""")),
        ("unknown members", Text($$"""{{Head}}"script":"<x>"}""")),
        ("not UTF-8", [0xff, 0xfe, 0xfd, 0x00, 0x80]),
        ("protobuf of 2^63 bytes", HugeLength),
        ("gzip", [0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03]),
        ("nothing", []),
        ("3 MiB", new byte[3 << 20]),
    ];

    public override string Name => "poisoned-payload";

    public override string Attempted => "truncated, deeply nested, oversized, wrongly typed, NaN and not UTF-8 payloads, lengths of 2 GiB and 2^63 bytes at MQTT and the gateway";

    public override string Expected => "in quarantine with a reason, or the connection ends; the silo lives, its memory grows ≤ 256 MiB, good samples go on";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        var place = await trial.SharedAsync(cancellationToken);
        var machine = MachineKey.Parse("poison/line-1/press-01");
        await using var grid = await place.ConnectAsync(null, cancellationToken);
        await Installation.DeclareAsync(grid, "poison", [DrillPlant.Machine(machine.Value)], cancellationToken);
        var memory = place.Silo.MemoryBytes;
        using var device = await DrillDevice.ConnectAsync(place, cancellationToken, place.Device(machine.Value));
        var reasons = new List<string>();
        var wrong = new List<string>();
        foreach (var (what, payload) in Poisons)
        {
            var answer = await device.SendAsync(SampleTopic.Of(machine), payload, cancellationToken);
            if (answer.ReasonString?.Split(' ') is ["quarantined", "as", var reason, ..])
            {
                reasons.Add(reason.TrimEnd(':'));
            }
            else
            {
                wrong.Add($"{what}: {answer.ReasonCode}");
            }
        }

        trial.Must(wrong.Count == 0, wrong.Count == 0
            ? $"{reasons.Count} in quarantine: {string.Join(", ", reasons.CountBy(reason => reason).Select(count => $"{count.Key} {count.Value}"))}"
            : $"not in quarantine: {string.Join("; ", wrong)}");
        await device.SendAsync(SampleTopic.Of(machine), Text($$$"""{{{Head}}}"timesUs":[1,2],"channels":{"force":[1e999,7]}}"""), cancellationToken);
        var counts = (await Installation.SettledAsync(grid, machine, 1, cancellationToken)).Counts;
        trial.Must(counts is { SamplesAccepted: 1, SamplesQuarantined: 1 }, $"of 1e999 and 7 in one message {counts.SamplesAccepted} taken, {counts.SamplesQuarantined} in quarantine");

        trial.Must(await EndsAsync(device, machine, cancellationToken), "a packet of 8 MiB: the connection ended");
        var client = place.IsSecured ? place.Authority.Client(Installation.Cluster, "itwin", TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1)) : null;
        var isMqttClosed = await IsClosedAsync(place, place.Silo.Mqtt, place.IsSecured ? place.Device(machine.Value) : null, [0x10, 0xff, 0xff, 0xff, 0x7f], cancellationToken);
        var isGatewayClosed = await IsClosedAsync(place, place.Silo.Gateway, client, [0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f], cancellationToken);
        trial.Must(isMqttClosed && isGatewayClosed, $"packets that claim 256 MiB (MQTT) and 2 GiB (gateway): {(isMqttClosed ? "closed" : "NOT closed")}, {(isGatewayClosed ? "closed" : "NOT closed")}");

        using var honest = await DrillDevice.ConnectAsync(place, cancellationToken, place.Device(machine.Value));
        var good = await honest.SendAsync(DrillPlant.Batch(machine, 1), cancellationToken);
        trial.Must(good.IsSuccess && place.Silo.IsRunning, $"afterwards a good message: {good.ReasonCode}; the silo {(place.Silo.IsRunning ? "lives" : "is dead")}");
        var grown = place.Silo.MemoryBytes - memory;
        trial.Must(grown <= MemoryMax, $"its memory grew by {grown >> 20} MiB");
    }

    private static async Task<bool> EndsAsync(DrillDevice device, MachineKey machine, CancellationToken cancellationToken)
    {
        try
        {
            await device.SendAsync(SampleTopic.Of(machine), new byte[8 << 20], cancellationToken);
            return false;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return await Wait.UntilAsync(() => Task.FromResult(!device.Client.IsConnected), TimeSpan.FromSeconds(10), cancellationToken);
        }
    }

    private static async Task<bool> IsClosedAsync(Installation place, CommandLine.Endpoint port, IssuedCertificate? shown, byte[] bytes, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Installation.Patience);
        using var plain = place.IsSecured ? null : new TcpClient(port.Host, port.Port);
        await using Stream? stream = plain is null ? await TlsProbe.OpenAsync(port, shown, cancellationToken) : plain.GetStream();
        if (stream is null)
        {
            return false; // It was not let in, so nothing is shown.
        }

        try
        {
            await stream.WriteAsync(bytes, limit.Token);
            var read = 1;
            while (read > 0)
            {
                read = await stream.ReadAsync(new byte[256], limit.Token);
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
