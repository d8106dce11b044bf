using System.Diagnostics.Metrics;
using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.Certificates;
using IndustrialTwin.Samples;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IndustrialTwin.Mqtt;

/// <summary>Who gets into the embedded broker over TLS, and what they may do there.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly CertificateAuthority _authority = CertificateAuthority.Create("plant authority", Now - TimeSpan.FromDays(30), Year);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-mqtt-tls-");

    public TlsTests() => _authority.Silo("plant", ["localhost", "127.0.0.1"], Now, Year).Save(_folder.FullName);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task A_device_publishes_for_what_its_certificate_names_and_for_nothing_else()
    {
        var refused = new List<string>();
        using var meters = Listen(refused);
        await using var host = await StartAsync(("RequireCertificate", "true"));
        using var press = await ConnectAsync(host, _authority.Device("wuhan/line-3/press-07", Now, Year), "press");
        Assert.True((await press.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline)).IsSuccess);

        foreach (var topic in (string[])[
            "itwin/v1/wuhan/line-3/press-08/samples", "itwin/v1/wuhan/line-3/press-07x/samples", "itwin/v1/wuhan/line-3/press-07/commands",
            "itwin/v1/quarantine/too-large", "plant/weather"])
        {
            var answer = await press.PublishAsync(IngestHost.Message(topic, SamplePayload.Write(IngestHost.Batch("press-07", 1))), IngestHost.Deadline);
            Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, answer.ReasonCode);
            await host.Lines.UntilAsync($"Refused a message of MQTT client 'press' (wuhan/line-3/press-07) on '{topic}'");
        }

        // In order with what is allowed, also where several are under way.
        var answers = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => press.PublishAsync(
            IngestHost.Message(IngestHost.Batch(i % 2 == 0 ? "press-07" : "press-09", i)), IngestHost.Deadline)));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => i % 2 == 0), answers.Select(answer => answer.IsSuccess));
        Assert.Equal(11, host.Twins.Committed.Count);
        Assert.All(host.Twins.Committed, batch => Assert.Equal("wuhan/line-3/press-07", batch.Machine.Value));
        Assert.Equal(11, host.Ingest.ReadCounts().Received);
        host.AssertBalanced();
        Assert.True(refused.Count(what => what == "publish") >= 15);
    }

    [Fact]
    public async Task A_line_s_and_a_site_s_certificate_reach_further()
    {
        await using var host = await StartAsync(("RequireCertificate", "true"));
        using var line = await ConnectAsync(host, _authority.Device("wuhan/line-3", Now, Year));
        using var site = await ConnectAsync(host, _authority.Device("wuhan", Now, Year));
        using var other = await ConnectAsync(host, _authority.Device("shenzhen", Now, Year));
        Assert.True((await line.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline)).IsSuccess);
        Assert.True((await site.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 1)), IngestHost.Deadline)).IsSuccess);
        Assert.False((await other.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 2)), IngestHost.Deadline)).IsSuccess);
        Assert.Equal(2, host.Twins.Committed.Count);
    }

    [Fact]
    public async Task A_device_hears_what_is_said_to_it_and_no_more()
    {
        await using var host = await StartAsync();
        using var press = await ConnectAsync(host, _authority.Device("wuhan/line-3/press-07", Now, Year));
        await press.SubscribeAsync("itwin/v1/wuhan/line-3/press-07/commands", MqttQualityOfServiceLevel.AtMostOnce, IngestHost.Deadline);
        foreach (var filter in (string[])["#", "itwin/v1/+/+/+/commands", "itwin/v1/wuhan/line-3/press-08/commands", "itwin/v1/quarantine/+", "$share/g/itwin/v1/wuhan/line-3/press-07/commands"])
        {
            var answer = await press.SubscribeAsync(
                new MqttClientSubscribeOptions { TopicFilters = [new MQTTnet.Packets.MqttTopicFilter { Topic = filter }] }, IngestHost.Deadline);
            Assert.True((int)Assert.Single(answer.Items).ResultCode >= 0x80, filter);
        }

        await host.Lines.UntilAsync("the subscription to '#'");
    }

    [Fact]
    public async Task A_last_will_goes_no_further_than_its_client_may()
    {
        await using var host = await StartAsync(("UserName", "plant"), ("Password", "secret"));
        using var watcher = await ConnectAsync(host, null, configure: options => options.WithCredentials("plant", "secret"));
        var topics = new System.Collections.Concurrent.ConcurrentQueue<string>();
        watcher.ApplicationMessageReceivedAsync += message =>
        {
            topics.Enqueue(message.ApplicationMessage.Topic);
            return Task.CompletedTask;
        };
        await watcher.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce, IngestHost.Deadline);
        var press = await ConnectAsync(host, _authority.Device("wuhan/line-3/press-07", Now, Year), "press", options => options
            .WithWillTopic("itwin/v1/wuhan/line-3/press-08/commands").WithWillPayload("{}"));
        press.Dispose(); // Without a word, so that the will is said.
        await host.Lines.UntilAsync("Refused a message of MQTT client 'press' (wuhan/line-3/press-07) on 'itwin/v1/wuhan/line-3/press-08/commands'");
        Assert.True((await watcher.PublishAsync(IngestHost.Message("plant/weather", "21"u8.ToArray()), IngestHost.Deadline)).IsSuccess);
        await IngestHost.UntilAsync(() => !topics.IsEmpty, "what is allowed arrives");
        Assert.Equal(["plant/weather"], topics);
    }

    [Fact]
    public async Task A_connection_whose_authority_is_trusted_no_more_is_closed()
    {
        await using var host = await StartAsync(("RequireCertificate", "true"));
        using var press = await ConnectAsync(host, _authority.Device("wuhan/line-3/press-07", Now, Year), "press");
        using var next = CertificateAuthority.Create("the next authority", Now, Year);
        next.Silo("plant", ["localhost", "127.0.0.1"], Now, Year).Save(_folder.FullName);
        Assert.True(press.IsConnected);
        host.Certificates.Reload();
        await IngestHost.UntilAsync(() => !press.IsConnected, "the connection is closed");
        await host.Lines.UntilAsync("Closed the connection of MQTT client 'press' (wuhan/line-3/press-07)");
    }

    [Fact]
    public async Task Nobody_but_the_silo_says_commands()
    {
        await using var host = await IngestHost.StartAsync();
        using var anyone = await host.ConnectAsync();
        var answer = await anyone.PublishAsync(IngestHost.Message("itwin/v1/wuhan/line-3/press-07/commands", "{}"u8.ToArray()), IngestHost.Deadline);
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, answer.ReasonCode);
    }

    [Fact]
    public async Task A_client_id_is_not_taken_over_by_somebody_else()
    {
        await using var host = await StartAsync();
        using var first = await ConnectAsync(host, _authority.Device("wuhan/line-3/press-07", Now, Year), "press");
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(host, _authority.Device("wuhan/line-3/press-08", Now, Year), "press"));
        await host.Lines.UntilAsync("wuhan/line-3/press-08 may not take the client id of wuhan/line-3/press-07 over");
        Assert.True((await first.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline)).IsSuccess);
    }

    [Fact]
    public async Task Who_does_not_belong_is_turned_away_and_told_of()
    {
        using var stranger = CertificateAuthority.Create("a stranger", Now, Year);
        await using var host = await StartAsync(("RequireCertificate", "true"));
        await RefusedAsync(stranger.Device("wuhan/line-3/press-07", Now, Year), "at the MQTT port: its certificate 'CN=wuhan/line-3/press-07' comes from 'CN=a stranger'");
        await RefusedAsync(_authority.Device("late", Now - TimeSpan.FromDays(2), TimeSpan.FromDays(1)), "'CN=late', or one above it, is not valid now");
        await RefusedAsync(_authority.Server(["press"], Now, Year), "its extended key usage does not allow this one");
        await RefusedAsync(_authority.Device("no/such/key/at all", Now, Year), "its certificate names no machine, line or site");
        await RefusedAsync(_authority.Client("plant", "wuhan", Now, Year), "its certificate names no machine, line or site");
        await RefusedAsync(null, "at the MQTT port: it shows no certificate");
        await Assert.ThrowsAnyAsync<Exception>(() => host.ConnectAsync(options => options.WithTimeout(TimeSpan.FromSeconds(5))));
        await host.Lines.UntilAsync("the TLS handshake failed");

        async Task RefusedAsync(IssuedCertificate? certificate, string line)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(host, certificate));
            await host.Lines.UntilAsync(line);
        }
    }

    [Fact]
    public async Task A_password_does_instead_of_a_certificate_and_comes_from_a_file_that_may_change()
    {
        var file = Path.Combine(_folder.FullName, "password");
        await File.WriteAllTextAsync(file, "first\n", IngestHost.Deadline);
        await using var host = await StartAsync(("UserName", "plant"), ("PasswordFile", file));
        using (await ConnectAsync(host, null, configure: options => options.WithCredentials("plant", "first")))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(host, null, configure: options => options.WithCredentials("plant", "second")));
        }

        await File.WriteAllTextAsync(file, "second", IngestHost.Deadline);
        using (await ConnectAsync(host, null, configure: options => options.WithCredentials("plant", "second")))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(host, null));
        }

        File.Delete(file);
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(host, null, configure: options => options.WithCredentials("plant", "second")));
        await host.Lines.UntilAsync("Mqtt:PasswordFile is");

        // A certificate does without.
        using var press = await ConnectAsync(host, _authority.Device("wuhan/line-3/press-07", Now, Year));
        Assert.True(press.IsConnected);
    }

    [Fact]
    public async Task A_new_certificate_is_shown_without_a_restart()
    {
        await using var host = await StartAsync(("RequireCertificate", "true"));
        using var next = CertificateAuthority.Create("next", Now, Year);
        using var before = await ConnectAsync(host, _authority.Device("wuhan/line-3/press-07", Now, Year));
        next.Silo("plant", ["127.0.0.1"], Now, Year).Save(_folder.FullName);
        host.Certificates.Reload();
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(host, _authority.Device("wuhan/line-3/press-07", Now, Year)));
        using var after = await ConnectAsync(host, next.Device("wuhan/line-3/press-07", Now, Year), authority: next.CertificatePem);
        Assert.True((await after.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline)).IsSuccess);
        await IngestHost.UntilAsync(() => !before.IsConnected, "who comes from an authority that is trusted no more is not kept either");
    }

    [Fact]
    public async Task A_repeated_message_is_told_of_with_its_client_and_topic()
    {
        await using var host = await IngestHost.StartAsync();
        using var client = await host.ConnectAsync(options => options.WithClientId("replayer").WithProtocolVersion(MqttProtocolVersion.V500));
        for (var i = 0; i < 2; i++)
        {
            Assert.True((await client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline)).IsSuccess);
        }

        await host.Lines.UntilAsync("MQTT client 'replayer' sent on 'itwin/v1/wuhan/line-3/press-07/samples' what is committed already, epoch 1 sequence 0");
        Assert.Equal((1, 1), (host.Ingest.ReadCounts().Accepted, host.Ingest.ReadCounts().Duplicate));
    }

    [Fact]
    public async Task The_demonstration_s_machines_come_in_over_tls_too()
    {
        await using var host = await StartAsync(("RequireCertificate", "true"), ("Demonstration:Enabled", "true"));
        await IngestHost.UntilAsync(() => !host.Twins.Calls.IsEmpty, "a demonstration machine publishes");
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task<IngestHost> StartAsync(params (string Key, string Value)[] settings) =>
        IngestHost.StartAsync(null, [("Tls", "true"), ("Certificates:Folder", _folder.FullName), .. settings]);

    private Task<IMqttClient> ConnectAsync(
        IngestHost host, IssuedCertificate? certificate, string? clientId = null, Action<MqttClientOptionsBuilder>? configure = null, string? authority = null) =>
        host.ConnectAsync(options =>
        {
            options.WithTlsOptions(tls =>
            {
                tls.UseTls().WithRevocationMode(X509RevocationMode.NoCheck).WithTrustChain([X509Certificate2.CreateFromPem(authority ?? _authority.CertificatePem)]);
                if (certificate is not null)
                {
                    tls.WithClientCertificates([X509Certificate2.CreateFromPem(certificate.CertificatePem, certificate.KeyPem)]);
                }
            });
            if (clientId is not null)
            {
                options.WithClientId(clientId);
            }

            configure?.Invoke(options);
        });

    private static MeterListener Listen(List<string> refused)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                if (instrument.Name == "itwin.mqtt.refusals")
                {
                    meters.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (refused)
            {
                refused.Add($"{tags[0].Value}");
            }
        });
        listener.Start();
        return listener;
    }
}
