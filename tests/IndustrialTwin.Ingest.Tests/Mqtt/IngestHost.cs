using System.Globalization;
using IndustrialTwin.Certificates;
using IndustrialTwin.Controls;
using IndustrialTwin.Demonstration;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IndustrialTwin.Mqtt;

/// <summary>A host with the ingest and fake twins.</summary>
internal sealed class IngestHost : IAsyncDisposable
{
    private readonly IHost _host;

    private IngestHost(IHost host, FakeTwins twins, Lines lines)
    {
        _host = host;
        (Twins, Lines) = (twins, lines);
        Ingest = host.Services.GetRequiredService<IMqttIngest>();
    }

    internal static CancellationToken Deadline => TestContext.Current.CancellationToken;

    internal FakeTwins Twins { get; }

    internal Lines Lines { get; }

    internal CertificateStore Certificates => _host.Services.GetRequiredService<CertificateStore>();

    internal IMqttIngest Ingest { get; }

    internal ICommandSink Commands => _host.Services.GetRequiredService<ICommandSink>();

    internal int Port => int.Parse(Ingest.Status.Endpoint.Split(':')[1], CultureInfo.InvariantCulture);

    internal static async Task<IngestHost> StartAsync(FakeTwins? twins = null, params (string Key, string Value)[] settings)
    {
        twins ??= new FakeTwins();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["Mqtt:Port"] = "0";
        builder.Configuration["Mqtt:TraceRatio"] = "0";
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key.Contains(':', StringComparison.Ordinal) ? key : $"Mqtt:{key}"] = value;
        }

        builder.Services.AddSingleton<ISampleObserver>(twins);
        builder.Services.AddSingleton<IQuarantine>(twins);
        if (builder.Configuration["Certificates:Folder"] is { } folder)
        {
            builder.Services.AddSingleton(provider => new CertificateStore(
                new CertificateOptions { Folder = folder, ReloadInterval = TimeSpan.FromHours(1) }, logger: provider.GetRequiredService<ILogger<CertificateStore>>()));
        }

        var lines = new Lines();
        builder.Logging.AddProvider(lines);
        builder.Services.AddMqttIngest(builder.Configuration);
        builder.Services.AddDemonstration(builder.Configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        var host = builder.Build();
        await host.StartAsync(Deadline);
        return new IngestHost(host, twins, lines);
    }

    internal Task<IMqttClient> ConnectAsync(Action<MqttClientOptionsBuilder>? configure = null) => ConnectAsync(Port, configure);

    internal static async Task<IMqttClient> ConnectAsync(int port, Action<MqttClientOptionsBuilder>? configure = null)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithTcpServer("127.0.0.1", port)
            .WithTimeout(Patience)
            .WithClientId($"test-{Guid.NewGuid():N}");
        configure?.Invoke(options);
        var connected = await client.ConnectAsync(options.Build(), Deadline);
        return connected.ResultCode == MqttClientConnectResultCode.Success
            ? client
            : throw new InvalidOperationException($"not connected: {connected.ResultCode}");
    }

    internal static SampleBatch Batch(string machine, long sequence) =>
        new(MachineKey.Parse($"wuhan/line-3/{machine}"), SampleBatch.DefaultSource, 1, sequence, [new("p", [1, 2], [sequence, 0.5])]);

    internal static MqttApplicationMessage Message(SampleBatch batch) => Message(SampleTopic.Of(batch.Machine), SamplePayload.Write(batch));

    internal static MqttApplicationMessage Message(string topic, byte[] payload) => new MqttApplicationMessageBuilder()
        .WithTopic(topic)
        .WithPayload(payload)
        .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
        .Build();

    /// <summary>Longer than anything takes that works, on a machine that does much else at the time.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a condition holds, and fails after <see cref="Patience"/>.</summary>
    internal static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !condition();)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"not within {Patience}: {what}");
            await Task.Delay(10, Deadline);
        }
    }

    internal void AssertBalanced()
    {
        var counts = Ingest.ReadCounts();
        Assert.Equal(counts.Received, counts.Accepted + counts.Duplicate + counts.Quarantined + counts.Refused + counts.InFlight);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
