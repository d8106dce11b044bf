using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;

namespace IndustrialTwin.Identities;

/// <summary>The connections that stand at this silo's gateway, by the client that each of them names when it begins.</summary>
internal sealed partial class GatewayConnections(Serializer<ClientGreeting> greetings, ILogger<GatewayConnections> logger)
{
    private const int LengthBytes = sizeof(int), GreetingBytesMax = 1_024; // As the runtime itself has it.

    /// <summary>A client on a busy computer may look at the port before it speaks.</summary>
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, ConnectionContext> _standing = new();

    /// <summary>How many there are.</summary>
    public int Count => _standing.Count;

    /// <summary>Where a client is, or null where it is not at this gateway.</summary>
    public string? AddressOf(GrainId client) =>
        _standing.TryGetValue(client.ToString(), out var connection) && connection.RemoteEndPoint is IPEndPoint remote ? remote.Address.ToString() : null;

    /// <summary>Ends a client's connection; answers where it was, or null where it is not at this gateway.</summary>
    public string? Cut(string client)
    {
        if (!_standing.TryGetValue(client, out var connection))
        {
            return null;
        }

        connection.Abort(new ConnectionAbortedException("Nothing that the client shows counts any more."));
        return connection.RemoteEndPoint?.ToString() ?? "unknown";
    }

    /// <summary>Part of the gateway's connections, after encryption: remembers whose each is, as long as it stands.</summary>
    public async Task WelcomeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        string? client;
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed))
        {
            limit.CancelAfter(GreetingTimeout);
            client = await ReadAsync(connection, limit.Token).ConfigureAwait(false);
        }

        if (client is null)
        {
            connection.Abort(new ConnectionAbortedException("It does not say which client it is."));
            return;
        }

        _standing[client] = connection;
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _standing.TryRemove(KeyValuePair.Create(client, connection));
        }
    }

    /// <summary>Looks at the greeting and leaves it where it is, for the runtime to read.</summary>
    private async Task<string?> ReadAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
                var (begin, wanted) = (read.Buffer, (long)LengthBytes);
                if (begin.Length >= LengthBytes)
                {
                    wanted += Length(begin);
                    if (wanted is < LengthBytes or > LengthBytes + GreetingBytesMax)
                    {
                        return null;
                    }
                }

                var client = begin.Length >= wanted && wanted > LengthBytes ? greetings.Deserialize(begin.Slice(LengthBytes, wanted - LengthBytes))?.Client.ToString() : null;
                connection.Transport.Input.AdvanceTo(begin.Start, client is null ? begin.End : begin.Start);
                if (client is not null || read.IsCompleted || read.IsCanceled || begin.Length >= wanted && wanted > LengthBytes)
                {
                    return client;
                }
            }
        }
#pragma warning disable CA1031 // Whatever a stranger sends instead of a greeting: there is nobody to welcome.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogUnknown(connection.RemoteEndPoint, fault.Message);
            return null;
        }
    }

    private static int Length(ReadOnlySequence<byte> begin)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        begin.Slice(0, LengthBytes).CopyTo(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    [LoggerMessage(1, LogLevel.Debug, "A connection from {Remote} to the gateway ended before it said which client it is: {Detail}")]
    private partial void LogUnknown(EndPoint? remote, string detail);
}
