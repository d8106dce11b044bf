using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace IndustrialTwin.Mqtt;

/// <summary>MQTT 3.1.1 by hand: sends exactly the packets that a test wants, and nothing by itself.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _socket = new();

    internal static async Task<RawClient> ConnectAsync(int port, ushort keepAliveS)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync("127.0.0.1", port);
        byte[] name = [0, 3, (byte)'r', (byte)'a', (byte)'w'];
        byte[] body = [0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, (byte)(keepAliveS >> 8), (byte)keepAliveS, .. name];
        await client._socket.GetStream().WriteAsync((byte[])[0x10, (byte)body.Length, .. body]);
        var answer = new byte[4];
        await client._socket.GetStream().ReadExactlyAsync(answer);
        Assert.Equal((byte[])[0x20, 2, 0, 0], answer);
        return client;
    }

    internal async Task PublishAsync(string topic, byte[] payload, ushort packetIdentifier)
    {
        var name = Encoding.UTF8.GetBytes(topic);
        byte[] body = [(byte)(name.Length >> 8), (byte)name.Length, .. name, (byte)(packetIdentifier >> 8), (byte)packetIdentifier, .. payload];
        await _socket.GetStream().WriteAsync((byte[])[0x32, (byte)(0x80 | (body.Length & 0x7F)), (byte)(body.Length >> 7), .. body]);
    }

    /// <summary>The next acknowledgement's packet identifier.</summary>
    internal async Task<ushort> ReadAcknowledgementAsync()
    {
        var packet = new byte[4];
        await _socket.GetStream().ReadExactlyAsync(packet, IngestHost.Deadline);
        Assert.Equal((0x40, 2), (packet[0], packet[1]));
        return BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2));
    }

    public void Dispose() => _socket.Dispose();
}
