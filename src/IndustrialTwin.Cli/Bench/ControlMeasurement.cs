using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Samples;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IndustrialTwin.Bench;

/// <summary>
/// Sends messages at their times whether or not earlier ones were answered (an open loop), and hears the commands that answer them.
/// A latency counts from when its message was due, not from when it could be sent.
/// </summary>
internal sealed class ControlMeasurement : IAsyncDisposable
{
    private const int Senders = 4;
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(2);

    private readonly ControlLoad _load;
    private readonly IMqttClient[] _senders = new IMqttClient[Senders];
    private readonly long _epoch = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    private readonly long[] _next;
    private IMqttClient? _listener;
    private long[] _due = [];
    private ControlAnswer[] _answers = [];
    private long _beginUs;
    private long _unacknowledged;

    private ControlMeasurement(ControlLoad load)
    {
        _load = load;
        _next = new long[load.Machines];
    }

    /// <summary>Messages that were not acknowledged in the last run.</summary>
    public long Unacknowledged => Interlocked.Read(ref _unacknowledged);

    /// <summary>Connects to a silo's broker.</summary>
    public static async Task<ControlMeasurement> ConnectAsync(Endpoint mqtt, ControlLoad load, CancellationToken cancellationToken)
    {
        var measurement = new ControlMeasurement(load);
        for (var i = 0; i < Senders; i++)
        {
            measurement._senders[i] = await ConnectAsync(mqtt, cancellationToken);
        }

        measurement._listener = await ConnectAsync(mqtt, cancellationToken);
        measurement._listener.ApplicationMessageReceivedAsync += measurement.OnCommandAsync;
        await measurement._listener.SubscribeAsync(
            "itwin/v1/bench/+/+/commands", MqttQualityOfServiceLevel.AtMostOnce, cancellationToken);
        return measurement;
    }

    /// <summary>Runs for so long.</summary>
    /// <returns>What became of every message, in the order that they were due.</returns>
    public async Task<ControlAnswer[]> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var count = (int)(duration.TotalSeconds * _load.Rate);
        (_due, _answers) = (new long[count], new ControlAnswer[count]);
        Interlocked.Exchange(ref _unacknowledged, 0);
        var period = (double)Stopwatch.Frequency / _load.Rate;
        var begin = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 100);
        _beginUs = NowUs() + 10_000;
        for (var i = 0; i < count; i++)
        {
            _due[i] = begin + (long)(i * period);
        }

        var sender = new Thread(() => Send(count, cancellationToken)) { IsBackground = true, Name = "sensor messages", Priority = ThreadPriority.AboveNormal };
        sender.Start();
        await Task.Run(sender.Join, CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Delay(LastAnswers, cancellationToken);
        var answers = _answers;
        for (var machine = 0; machine < _next.Length; machine++)
        {
            _next[machine] += (count - machine + _load.Machines - 1) / _load.Machines;
        }

        return answers;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var client in _senders.Append(_listener).OfType<IMqttClient>())
        {
            await client.DisconnectAsync().WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            client.Dispose();
        }
    }

    private void Send(int count, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count && !cancellationToken.IsCancellationRequested; i++)
        {
            while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _due[i]) is { Ticks: > 0 } early)
            {
                FineSleep.Sleep(early);
            }

            var machine = i % _load.Machines;
            _answers[i].DueUs = _beginUs + (long)(i * 1e6 / _load.Rate);
            _answers[i].SentUs = NowUs();
            var batch = _load.Message(machine, _epoch, SequenceOf(machine, i), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000);
            var message = new MqttApplicationMessage
            {
                Topic = SampleTopic.Of(batch.Machine),
                Payload = new ReadOnlySequence<byte>(SamplePayload.Write(batch)),
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            };
            _ = PublishAsync(_senders[machine % Senders], message, cancellationToken);
        }
    }

    private async Task PublishAsync(IMqttClient sender, MqttApplicationMessage message, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _unacknowledged);
        try
        {
            if ((await sender.PublishAsync(message, cancellationToken).ConfigureAwait(false)).IsSuccess)
            {
                Interlocked.Decrement(ref _unacknowledged);
            }
        }
#pragma warning disable CA1031 // It stays counted as unacknowledged, which the result tells.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private long SequenceOf(int machine, int message) => _next[machine] + (message / _load.Machines);

    private Task OnCommandAsync(MqttApplicationMessageReceivedEventArgs arrived)
    {
        var now = NowUs();
        var machine = ControlLoad.IndexOf(arrived.ApplicationMessage.Topic);
        var (sequence, receivedUs, decidedUs) = Read(arrived.ApplicationMessage.Payload.FirstSpan);
        var message = ((sequence - _next[machine]) * _load.Machines) + machine;
        if (message >= 0 && message < _answers.Length && _answers[message].HeardUs == 0)
        {
            ref var answer = ref _answers[message];
            (answer.ReceivedUs, answer.DecidedUs, answer.HeardUs) = (receivedUs, decidedUs, now);
        }

        return Task.CompletedTask;
    }

    private static long NowUs() => (DateTimeOffset.UtcNow.Ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static (long Sequence, long ReceivedUs, long DecidedUs) Read(ReadOnlySpan<byte> payload)
    {
        var json = new Utf8JsonReader(payload);
        (long Sequence, long ReceivedUs, long DecidedUs) read = (-1, 0, 0);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (json.ValueTextEquals("sequence"u8))
            {
                json.Read();
                read.Sequence = json.GetInt64();
            }
            else if (json.ValueTextEquals("receivedUs"u8))
            {
                json.Read();
                read.ReceivedUs = json.GetInt64();
            }
            else if (json.ValueTextEquals("decidedUs"u8))
            {
                json.Read();
                read.DecidedUs = json.GetInt64();
            }
        }

        return read.Sequence >= 0 ? read : throw new FormatException("A command names no sequence.");
    }

    private static async Task<IMqttClient> ConnectAsync(Endpoint mqtt, CancellationToken cancellationToken)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(mqtt.Host, mqtt.Port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId($"itwin-bench-{Guid.NewGuid():N}")
            .WithCleanStart()
            .Build();
        var connected = await client.ConnectAsync(options, cancellationToken);
        return connected.ResultCode == MqttClientConnectResultCode.Success
            ? client
            : throw new CommandFault($"The broker at {mqtt} turned the benchmark away: {connected.ResultCode}.", ExitCode.Unreachable);
    }
}
