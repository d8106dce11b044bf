using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace IndustrialTwin.Mqtt;

/// <summary>
/// Spares the operating system most of its calls. MQTTnet reads a packet in four pieces, down to single bytes, and writes each
/// acknowledgement by itself; here reads take what has come, and acknowledgements of one commit can be held and sent at once.
/// </summary>
internal sealed class BufferedChannel(IMqttChannel channel, X509Certificate2Collection? above = null) : IMqttChannel
{
    private const int ReadBytes = 8 * 1024;
    private const int HeldBytesMax = 8 * 1024;

    private readonly SemaphoreSlim _writing = new(1);
    private readonly ArrayBufferWriter<byte> _held = new(256);
    private readonly byte[] _read = new byte[ReadBytes];
    private int _at;
    private int _end;
    private volatile bool _isHolding;

    public X509Certificate2 ClientCertificate => channel.ClientCertificate;

    /// <summary>The certificates between the client's and its authority, as the client showed them.</summary>
    internal X509Certificate2Collection Above { get; } = above ?? [];

    public EndPoint RemoteEndPoint => channel.RemoteEndPoint;

    public EndPoint LocalEndPoint => channel.LocalEndPoint;

    public bool IsSecureConnection => channel.IsSecureConnection;

    public Task ConnectAsync(CancellationToken cancellationToken) => channel.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => channel.DisconnectAsync(cancellationToken);

    public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (_at < _end)
        {
            var part = Math.Min(count, _end - _at);
            _read.AsSpan(_at, part).CopyTo(buffer.AsSpan(offset));
            _at += part;
            return Task.FromResult(part); // Of small numbers, which most are, the runtime keeps one.
        }

        // A large body goes where it belongs without a stop here.
        return count >= ReadBytes ? channel.ReadAsync(buffer, offset, count, cancellationToken) : FillAsync(buffer, offset, count, cancellationToken);
    }

    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isHolding || _held.WrittenCount > 0)
            {
                foreach (var part in buffer)
                {
                    _held.Write(part.Span);
                }

                if (!_isHolding || _held.WrittenCount >= HeldBytesMax)
                {
                    await SendHeldAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            else
            {
                await channel.WriteAsync(buffer, isEndOfPacket, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Keeps back what is written until <see cref="FlushAsync"/>.</summary>
    internal void Hold() => _isHolding = true;

    /// <summary>Sends what was held back, and holds no longer.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!_isHolding)
        {
            return;
        }

        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _isHolding = false;
            if (_held.WrittenCount > 0)
            {
                await SendHeldAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        channel.Dispose();
        _writing.Dispose();
    }

    private async Task<int> FillAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        _end = await channel.ReadAsync(_read, 0, ReadBytes, cancellationToken).ConfigureAwait(false);
        _at = Math.Min(count, _end);
        _read.AsSpan(0, _at).CopyTo(buffer.AsSpan(offset));
        return _at;
    }

    private async Task SendHeldAsync(CancellationToken cancellationToken)
    {
        await channel.WriteAsync(new ReadOnlySequence<byte>(_held.WrittenMemory), isEndOfPacket: true, cancellationToken).ConfigureAwait(false);
        _held.ResetWrittenCount();
    }
}
