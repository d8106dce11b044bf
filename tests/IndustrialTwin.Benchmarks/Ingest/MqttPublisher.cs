using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace IndustrialTwin.Benchmarks.Ingest;

/// <summary>
/// MQTT 5 by hand, for a few bytes of a client that costs the machine little: publishes with quality of service 1, keeps as many
/// messages on the way as the broker allows, and knows how long each acknowledgement took.
/// </summary>
internal sealed class MqttPublisher : IDisposable
{
    /// <summary>Messages on the way, as many as the broker's receive maximum.</summary>
    public const int Window = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _socket = new() { NoDelay = true };
    private readonly PressMessages[] _machines;
    private readonly SemaphoreSlim _free = new(Window, Window);
    private readonly long[] _sentAt = new long[65_536];
    private readonly List<double> _latenciesMs = [];
    private readonly byte[] _buffer;
    private NetworkStream _stream = null!;
    private ushort _identifier;
    private int _machine;

    private MqttPublisher(PressMessages[] machines)
    {
        _machines = machines;
        _buffer = new byte[Window * machines.Max(machine => machine.PacketBytesMax)];
    }

    /// <summary>Samples of one message.</summary>
    public int Samples => _machines[0].Samples;

    /// <summary>How long acknowledgements took since the last <see cref="Forget"/>, milliseconds.</summary>
    public IReadOnlyList<double> LatenciesMs => _latenciesMs;

    /// <summary>Messages that the broker answered with a refusal, where that is allowed.</summary>
    public int Refused { get; private set; }

    /// <summary>Whether a refusal is counted rather than an error.</summary>
    public bool AllowsRefusals { get; init; }

    public static async Task<MqttPublisher> ConnectAsync(int port, string clientId, PressMessages[] machines, bool allowsRefusals = false)
    {
        var publisher = new MqttPublisher(machines) { AllowsRefusals = allowsRefusals };
        await publisher._socket.ConnectAsync("127.0.0.1", port);
        publisher._stream = publisher._socket.GetStream();
        var name = Encoding.UTF8.GetBytes(clientId);
        byte[] body = [0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 5, 2, 0, 0, 0, 0, (byte)name.Length, .. name];
        await publisher._stream.WriteAsync((byte[])[0x10, (byte)body.Length, .. body]);
        var head = new byte[2];
        await publisher._stream.ReadExactlyAsync(head);
        var answer = new byte[head[1]];
        await publisher._stream.ReadExactlyAsync(answer);
        return head[0] == 0x20 && answer[1] == 0 ? publisher : throw new InvalidOperationException($"The broker refused '{clientId}' with code {answer[1]}.");
    }

    /// <summary>Forgets the latencies so far.</summary>
    public void Forget() => _latenciesMs.Clear();

    /// <summary>
    /// Publishes until a time, then waits for what is on the way; answers how many were acknowledged. With a rate, messages are due
    /// at regular times and their latency counts from then, however late they could be sent; without, as many as will go.
    /// </summary>
    public async Task<int> RunAsync(long until, double? rateHz)
    {
        var sent = 0;
        var receiving = ReceiveAsync();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetTimestamp() < until)
        {
            var due = rateHz is { } rate ? (int)(Stopwatch.GetElapsedTime(started).TotalSeconds * rate) + 1 - sent : int.MaxValue;
            if (due <= 0)
            {
                await Task.Delay(1);
                continue;
            }

            if (!await _free.WaitAsync(Patience))
            {
                throw new TimeoutException($"No acknowledgement within {Patience}.");
            }

            var length = 0;
            do
            {
                _identifier = _identifier == ushort.MaxValue ? (ushort)1 : (ushort)(_identifier + 1);
                _sentAt[_identifier] = rateHz is { } hz ? started + (long)(sent / hz * Stopwatch.Frequency) : Stopwatch.GetTimestamp();
                length += _machines[_machine++ % _machines.Length].Write(_buffer.AsSpan(length), _identifier);
                sent++;
            }
            while (--due > 0 && _free.Wait(0));
            await _stream.WriteAsync(_buffer.AsMemory(0, length));
        }

        for (var i = 0; i < Window; i++)
        {
            if (!await _free.WaitAsync(Patience))
            {
                throw new TimeoutException($"No acknowledgement within {Patience}.");
            }
        }

        // All is acknowledged: an answer to a ping ends the receiving.
        await _stream.WriteAsync((byte[])[0xC0, 0]);
        await receiving;
        _free.Release(Window);
        return sent;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _free.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[4_096];
        var filled = 0;
        while (true)
        {
            var read = await _stream.ReadAsync(buffer.AsMemory(filled));
            if (read == 0)
            {
                throw new InvalidOperationException("The broker closed the connection.");
            }

            filled += read;
            var now = Stopwatch.GetTimestamp();
            int at = 0, freed = 0;
            while (filled - at >= 2 && filled - at >= 2 + buffer[at + 1])
            {
                if (buffer[at] == 0xD0)
                {
                    return;
                }

                var isRefused = buffer[at + 1] > 2 && buffer[at + 4] != 0;
                Refused += isRefused ? 1 : 0;
                if (buffer[at] != 0x40 || (isRefused && !AllowsRefusals))
                {
                    throw new InvalidOperationException($"The broker answered {Convert.ToHexString(buffer.AsSpan(at, 2 + buffer[at + 1]))}.");
                }

                _latenciesMs.Add(Stopwatch.GetElapsedTime(_sentAt[BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(at + 2))], now).TotalMilliseconds);
                at += 2 + buffer[at + 1];
                freed++;
            }

            buffer.AsSpan(at, filled - at).CopyTo(buffer);
            filled -= at;
            if (freed > 0)
            {
                _free.Release(freed);
            }
        }
    }
}
