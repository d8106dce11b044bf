using Grpc.Core;
using Grpc.Net.Client;
using IndustrialTwin.Protocol;

namespace IndustrialTwin.Drivers;

/// <summary>A channel to a driver's process. It connects by itself, again where it must; every call has a deadline.</summary>
internal sealed class DriverConnection : IDisposable
{
    private readonly SocketOptions _options;
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _calls;
    private volatile DriverException? _refused;

    public DriverConnection(SocketOptions options)
    {
        options.Validate();
        _options = options;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) => await ConnectAsync(cancellationToken).ConfigureAwait(false),
            ConnectTimeout = options.CallTimeout,
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxResponseHeadersLength = 16,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        };
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = checked((int)(options.LaunchBytesMax + DriverProtocol.OverheadBytes)),
            MaxSendMessageSize = null,
            // The size of a message is limited before it is decompressed; none are, so that a small one stays small.
            CompressionProviders = [],
        });
        _calls = _channel.CreateCallInvoker();
    }

    /// <summary>The driver's process, where the system tells; of the connection made last.</summary>
    public int? ProcessId { get; private set; }

    /// <summary>Calls and waits.</summary>
    /// <exception cref="DriverException">It failed; the message says who said what.</exception>
    public TReply Call<TRequest, TReply>(Method<TRequest, TReply> method, TRequest request, TimeSpan timeout)
        where TRequest : class
        where TReply : class
    {
        try
        {
            return _calls.BlockingUnaryCall(method, null, new CallOptions(deadline: DateTime.UtcNow + timeout), request);
        }
        catch (RpcException error)
        {
            // Why a socket is not used says all; what gRPC makes of it would only be longer.
            throw new DriverException(Reason(method.Name, error, timeout), _refused is null ? error : null);
        }
    }

    /// <summary>Calls, with the outcome as gRPC has it.</summary>
    public async Task<TReply> CallAsync<TRequest, TReply>(
        Method<TRequest, TReply> method, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class
    {
        using var call = _calls.AsyncUnaryCall(method, null, new CallOptions(deadline: DateTime.UtcNow + timeout, cancellationToken: cancellationToken), request);
        return await call.ResponseAsync.ConfigureAwait(false);
    }

    /// <summary>Asks for the description and checks all of it.</summary>
    public DescribeReply Describe() => Described.Checked(Call(
        DriverProtocol.Describe,
        new DescribeRequest { VersionMin = DriverProtocol.Version, VersionMax = DriverProtocol.Version },
        _options.CallTimeout));

    public void Dispose() => _channel.Dispose();

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            (var stream, ProcessId) = await DriverSocket.ConnectAsync(_options, cancellationToken).ConfigureAwait(false);
            _refused = null;
            return stream;
        }
        catch (DriverException error)
        {
            _refused = error;
            throw;
        }
    }

    private string Reason(string call, RpcException error, TimeSpan timeout) => (error.StatusCode, _refused) switch
    {
        (StatusCode.DeadlineExceeded, _) => $"The driver at '{_options.Path}' did not answer {call} within {timeout.TotalSeconds:0.###} s.",
        (_, { } refused) => refused.Message,
        _ => $"The driver at '{_options.Path}' failed {call} with {error.StatusCode}: {Foreign.Text(error.Status.Detail)}",
    };
}
