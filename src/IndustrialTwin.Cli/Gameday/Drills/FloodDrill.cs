using System.Diagnostics;
using System.Net;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Tenants;
using MQTTnet;

namespace IndustrialTwin.Gameday;

/// <summary>One client far above its limits, beside another that keeps its own.</summary>
internal sealed class FloodDrill : Drill
{
    private const int SamplesPerSecond = 1_000;
    private const int RowsPerBatch = 100;
    private const int InFlight = 32;
    private const int Requests = 300;
    private const double LimitMs = 1_000;

    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(3), Storm = TimeSpan.FromSeconds(5);

    public override string Name => "flood";

    public override string Attempted => "one device sends as fast as it can against a quota of 1000 samples/s, one key makes 300 HTTP requests at once; another device goes on sending";

    public override string Expected => "the flood is refused beyond its limits; the other device's acknowledgement p99 stays ≤ 1 s, or ≤ 5 × what it was";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        var place = await trial.SharedAsync(cancellationToken);
        await using var grid = await place.ConnectAsync(null, cancellationToken);
        var loud = MachineKey.Parse("loud/line-1/m-0");
        await Installation.DeclareAsync(grid, "loud", [DrillPlant.Machine(loud.Value)], cancellationToken);
        await grid.Grains.GetGrain<ITenantGrain>(ITenantGrain.Key).Set(new Tenant("loud", ["loud"], SamplesPerSecond)).WaitAsync(Installation.Patience, cancellationToken);
        var viewer = await Installation.CreateKeyAsync(grid, "flood", Role.Viewer, "loud", cancellationToken);
        await using var quiet = await DeviceLoad.StartAsync(place, "quiet", 1, TimeSpan.FromMilliseconds(20), cancellationToken);
        var calm = Stopwatch.GetTimestamp();
        await Task.Delay(Calm, cancellationToken);
        var before = quiet.Since(calm).At(0.99);

        var storm = Stopwatch.GetTimestamp();
        var http = RequestsAsync(place, viewer.Secret, loud, cancellationToken);
        var (accepted, refused) = await FloodAsync(place, loud, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(storm).TotalSeconds;
        var during = quiet.Since(storm);
        var (answered, tooMany) = await http;

        trial.Must(refused > 0, $"{refused} of its messages refused as over quota");
        trial.Must(accepted * RowsPerBatch <= SamplesPerSecond * (seconds + 2), $"{accepted * RowsPerBatch / seconds:0} samples/s of it taken in {seconds:0.0} s");
        trial.Must(tooMany > 0, $"HTTP: {answered} requests answered, {tooMany} turned away (429)");
        trial.Must(
            during.Count > 0 && during.At(0.99) <= Math.Max(LimitMs, 5 * before),
            $"the other device: p99 {before:0} ms before, {during.At(0.99):0} ms during the flood, {during.Count} acknowledged");
        await quiet.CheckAsync(trial, cancellationToken);
    }

    private static async Task<(long Accepted, long Refused)> FloodAsync(Installation place, MachineKey machine, CancellationToken cancellationToken)
    {
        using var device = await DrillDevice.ConnectAsync(place, cancellationToken, place.Device(machine.Value));
        long sequence = -1, accepted = 0, refused = 0;
        var began = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
        {
            while (began.Elapsed < Storm)
            {
                var result = await device.SendAsync(DrillPlant.Batch(machine, Interlocked.Increment(ref sequence), RowsPerBatch), cancellationToken);
                if (result.IsSuccess)
                {
                    Interlocked.Increment(ref accepted);
                }
                else if (result.ReasonCode == MqttClientPublishReasonCode.QuotaExceeded)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }));
        return (accepted, refused);
    }

    private static async Task<(int Answered, int TooMany)> RequestsAsync(Installation place, string key, MachineKey machine, CancellationToken cancellationToken)
    {
        using var http = place.Http(key);
        var codes = await Task.WhenAll(Enumerable.Range(0, Requests).Select(async _ =>
        {
            using var answer = await http.GetAsync(new Uri($"/api/v1/machines/{machine}", UriKind.Relative), cancellationToken);
            return answer.StatusCode;
        }));
        return (codes.Count(code => code == HttpStatusCode.OK), codes.Count(code => code == HttpStatusCode.TooManyRequests));
    }
}
