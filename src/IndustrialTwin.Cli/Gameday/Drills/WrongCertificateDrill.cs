using IndustrialTwin.Certificates;

namespace IndustrialTwin.Gameday;

/// <summary>Certificates that count nowhere here, at every port that asks for one.</summary>
internal sealed class WrongCertificateDrill : Drill
{
    public override string Name => "wrong-certificate";

    public override string Attempted => "MQTT, silo port and gateway with certificates of another authority, of another cluster, expired, for another use, and with none";

    public override string Expected => "each is refused in the handshake; right certificates are let in";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        var place = await trial.SharedAsync(cancellationToken);
        var (now, life) = (TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1));
        using var stranger = CertificateAuthority.Create("Gameday authority", now - TimeSpan.FromDays(30), TimeSpan.FromDays(60)); // The name is the same, the key is not.
        var past = now - TimeSpan.FromDays(10);
        var client = place.Authority.Client(Installation.Cluster, "itwin", now, life);
        var silo = place.Authority.Silo(Installation.Cluster, ["localhost"], now, life);
        var device = place.Device("drill/line-1/press-01");
        var (mqtt, gateway, siloPort) = (place.Silo.Mqtt, place.Silo.Gateway, place.Silo.Silo);
        (string What, CommandLine.Endpoint Port, IssuedCertificate? Shown, bool IsLetIn)[] tries =
        [
            ("gateway, a client's", gateway, client, true),
            ("silo port, a silo's", siloPort, silo, true),
            ("MQTT, a device's", mqtt, device, true),
            ("gateway, another authority's", gateway, stranger.Client(Installation.Cluster, "itwin", now, life), false),
            ("silo port, another authority's", siloPort, stranger.Silo(Installation.Cluster, ["localhost"], now, life), false),
            ("MQTT, another authority's", mqtt, stranger.Device("drill/line-1/press-01", now, life), false),
            ("gateway, expired", gateway, place.Authority.Client(Installation.Cluster, "itwin", past, life), false),
            ("silo port, expired", siloPort, place.Authority.Silo(Installation.Cluster, ["localhost"], past, life), false),
            ("MQTT, expired", mqtt, place.Authority.Device("drill/line-1/press-01", past, life), false),
            ("silo port, a client's", siloPort, client, false),
            ("gateway, a device's", gateway, device, false),
            ("gateway, another cluster's", gateway, place.Authority.Client("elsewhere", "itwin", now, life), false),
            ("silo port, a server's alone", siloPort, place.Authority.Server([CertificateNames.Silo(Installation.Cluster)], now, life), false),
            ("gateway, none", gateway, null, false),
            ("silo port, none", siloPort, null, false),
        ];
        var seen = await Task.WhenAll(tries.Select(one => TlsProbe.IsLetInAsync(one.Port, one.Shown, cancellationToken)));
        foreach (var (isLetIn, attempts) in tries.Zip(seen).GroupBy(pair => pair.First.IsLetIn).Select(group => (group.Key, group.ToArray())))
        {
            var wrong = attempts.Where(pair => pair.Second != isLetIn).Select(pair => pair.First.What).ToArray();
            trial.Must(wrong.Length == 0, $"{attempts.Length - wrong.Length} of {attempts.Length} {(isLetIn ? "right ones let in" : "wrong ones refused")}{(wrong.Length > 0 ? ", but not: " + string.Join("; ", wrong) : string.Empty)}");
        }

        var (nobody, outcome) = await DrillDevice.TryConnectAsync(place, cancellationToken);
        trial.Must(nobody is null, $"MQTT without certificate and key: {outcome}");
        nobody?.Dispose();
    }
}
