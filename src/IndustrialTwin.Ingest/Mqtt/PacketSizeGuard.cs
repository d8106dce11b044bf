using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace IndustrialTwin.Mqtt;

/// <summary>
/// Ends a connection that announces a packet over the limit. MQTTnet's server allocates what a packet's header announces, up to
/// 256 MiB, before anyone knows who the client is; the guard follows the headers in the byte stream and throws first.
/// </summary>
internal sealed class PacketSizeGuard(IMqttChannel channel, int packetBytesMax) : IMqttChannel
{
    private const int LengthBytesMax = 4;

    private Expect _expect = Expect.Type;
    private int _length;
    private int _shift;

    private enum Expect
    {
        Type,
        Length,
        Body,
    }

    public X509Certificate2 ClientCertificate => channel.ClientCertificate;

    public EndPoint RemoteEndPoint => channel.RemoteEndPoint;

    public EndPoint LocalEndPoint => channel.LocalEndPoint;

    public bool IsSecureConnection => channel.IsSecureConnection;

    public Task ConnectAsync(CancellationToken cancellationToken) => channel.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => channel.DisconnectAsync(cancellationToken);

    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = await channel.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        Follow(buffer.AsSpan(offset, read));
        return read;
    }

    public Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) =>
        channel.WriteAsync(buffer, isEndOfPacket, cancellationToken);

    public void Dispose() => channel.Dispose();

    private void Follow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_expect == Expect.Body)
            {
                var part = Math.Min(_length, bytes.Length);
                _length -= part;
                bytes = bytes[part..];
                _expect = _length == 0 ? Expect.Type : Expect.Body;
                continue;
            }

            if (_expect == Expect.Type)
            {
                _length = 0;
                _shift = 0;
                _expect = Expect.Length;
            }
            else
            {
                _length |= (bytes[0] & 0x7F) << _shift;
                _shift += 7;
                if ((bytes[0] & 0x80) != 0 && _shift < LengthBytesMax * 7)
                {
                    bytes = bytes[1..];
                    continue;
                }

                if (_length > packetBytesMax)
                {
                    throw new MqttProtocolViolationException(
                        $"Client at {RemoteEndPoint} announced a packet of {_length} bytes; at most {packetBytesMax} are taken.");
                }

                _expect = _length == 0 ? Expect.Type : Expect.Body;
            }

            bytes = bytes[1..];
        }
    }
}
