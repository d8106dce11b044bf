using System.Buffers;
using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using MQTTnet;
using MQTTnet.Protocol;

namespace IndustrialTwin.Testing;

/// <summary>A plant of like machines, and a publisher for each that never forgets what was acknowledged.</summary>
internal static class LoadPlant
{
    public const int RowsPerBatch = 10;
    public const long StartUs = 1_700_000_000_000_000;

    public static MachineKey Machine(int number) => MachineKey.Parse($"load/line-1/machine-{number:00}");

    public static SiteDeclaration Declaration(int machines, TimeSpan? clockSkewMax = null) => new(
        SiteKey.Parse("load"),
        "Load",
        [
            new LineDeclaration(LineKey.Parse("load/line-1"), "Line 1",
            [
                .. Enumerable.Range(0, machines).Select(number => new MachineDeclaration(
                    Machine(number), "tester", $"Machine {number}",
                    [new ChannelDeclaration("force", "kN", -1e12, 1e12, 1000)],
                    [new WindowStatisticsAnalysis("force-statistics", "force", 64, 64, [Statistic.Maximum])],
                    [new AlarmDeclaration("overload", "force-statistics/maximum", AlarmSide.High, 1e9, 1e9, 1, 1, AlarmPriority.High)],
                    null, TimeSpan.FromHours(1), clockSkewMax, "1")),
            ]),
        ]);

    /// <summary>Batch n of a machine: its values are the row numbers, so that each tells which one it is.</summary>
    public static SampleBatch Batch(MachineKey machine, long sequence, double offset = 0)
    {
        var times = new long[RowsPerBatch];
        var values = new double[RowsPerBatch];
        for (var i = 0; i < RowsPerBatch; i++)
        {
            var row = (sequence * RowsPerBatch) + i;
            times[i] = StartUs + (row * 1000);
            values[i] = row + offset;
        }

        return new SampleBatch(machine, "loader", 1, sequence, [new SampleColumn("force", times, values)]);
    }

    public static MqttApplicationMessage Message(SampleBatch batch, string? traceParent = null)
    {
        var payload = new ArrayBufferWriter<byte>();
        SamplePayload.Write(payload, batch);
        var message = new MqttApplicationMessageBuilder()
            .WithTopic(SampleTopic.Of(batch.Machine))
            .WithPayload(payload.WrittenSpan.ToArray())
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        return (traceParent is null ? message : message.WithUserProperty("traceparent", System.Text.Encoding.UTF8.GetBytes(traceParent))).Build();
    }

    public static async Task<IMqttClient> ConnectAsync(int port, string id, CancellationToken cancellationToken, string? key = null)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId(id)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).WithTimeout(TimeSpan.FromSeconds(5));
        await client.ConnectAsync((key is null ? options : options.WithCredentials("key", key)).Build(), cancellationToken);
        return client;
    }
}

/// <summary>Publishes a machine's batches one after the other, each until it is acknowledged, through every failure of the other side.</summary>
internal sealed class Loader(MachineKey machine, int port)
{
    private long _acknowledged;

    /// <summary>Batches acknowledged: those with lower sequence numbers.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var client = await LoadPlant.ConnectAsync(port, $"loader-{machine.Name}", cancellationToken);
                while (!cancellationToken.IsCancellationRequested)
                {
                    var result = await client.PublishAsync(LoadPlant.Message(LoadPlant.Batch(machine, _acknowledged)), cancellationToken);
                    if (!result.IsSuccess)
                    {
                        throw new InvalidOperationException($"{result.ReasonCode}");
                    }

                    Interlocked.Increment(ref _acknowledged);
                }
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(50, CancellationToken.None);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
