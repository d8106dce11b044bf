using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace IndustrialTwin.Mqtt;

public sealed class PacketSizeGuardTests
{
    private const int Limit = 300;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(10_000)]
    public async Task Packets_up_to_the_limit_pass_however_they_are_cut(int pieceBytes)
    {
        byte[] stream = [.. Packet(0), .. Packet(1), .. Packet(127), .. Packet(128), .. Packet(Limit), .. Packet(0), .. Packet(Limit)];
        Assert.Equal(stream.Length, await ReadAllAsync(stream, pieceBytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10_000)]
    public async Task A_longer_packet_is_refused_at_its_header(int pieceBytes)
    {
        byte[] stream = [.. Packet(5), .. Packet(Limit + 1)];
        await Assert.ThrowsAsync<MqttProtocolViolationException>(() => ReadAllAsync(stream, pieceBytes));
        await Assert.ThrowsAsync<MqttProtocolViolationException>(() => ReadAllAsync([0x30, 0xFF, 0xFF, 0xFF, 0x7F], pieceBytes));
    }

    private static byte[] Packet(int bodyBytes) => bodyBytes < 128
        ? [0x30, (byte)bodyBytes, .. new byte[bodyBytes]]
        : [0x30, (byte)(0x80 | (bodyBytes & 0x7F)), (byte)(bodyBytes >> 7), .. Enumerable.Repeat((byte)0xFF, bodyBytes)];

    private static async Task<int> ReadAllAsync(byte[] stream, int pieceBytes)
    {
        using var guard = new PacketSizeGuard(new Memory(stream), Limit);
        var buffer = new byte[pieceBytes];
        var total = 0;
        while (await guard.ReadAsync(buffer, 0, pieceBytes, CancellationToken.None) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }

    private sealed class Memory(byte[] bytes) : IMqttChannel
    {
        private int _at;

        public X509Certificate2 ClientCertificate => null!;

        public EndPoint RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public EndPoint LocalEndPoint => RemoteEndPoint;

        public bool IsSecureConnection => false;

        public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            var part = Math.Min(count, bytes.Length - _at);
            bytes.AsSpan(_at, part).CopyTo(buffer.AsSpan(offset));
            _at += part;
            return Task.FromResult(part);
        }

        public Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
