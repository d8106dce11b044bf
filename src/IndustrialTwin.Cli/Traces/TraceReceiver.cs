using System.Net;
using Google.Protobuf;

namespace IndustrialTwin.Traces;

/// <summary>Takes OTLP over HTTP (protobuf) on a loopback port and appends the traces to a file, a line a request. Metrics and logs are taken and forgotten.</summary>
internal sealed class TraceReceiver : IAsyncDisposable
{
    private const int BytesMax = 64 << 20;

    private readonly HttpListener _listener = new();
    private readonly Stream _file;
    private readonly Task _serving;
    private long _requests;

    private TraceReceiver(int port, Stream file)
    {
        (Port, _file) = (port, file);
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>Requests with traces that were written.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>What a silo's settings have to be to send here.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{Port}"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
    ];

    /// <summary>Begins to listen.</summary>
    /// <exception cref="HttpListenerException">The port is taken.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static TraceReceiver Start(int port, string path)
    {
        var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        try
        {
            return new TraceReceiver(port, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _file.DisposeAsync();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                context.Response.StatusCode = await TakeAsync(context.Request);
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException or IOException)
            {
                // Its sender has gone, or the disk is full; the sender sends again or counts it as lost.
                context.Response.Abort();
            }
        }
    }

    private async Task<int> TakeAsync(HttpListenerRequest request)
    {
        if (request.ContentLength64 > BytesMax)
        {
            return (int)HttpStatusCode.RequestEntityTooLarge;
        }

        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        if (request.Url?.AbsolutePath != "/v1/traces")
        {
            return (int)HttpStatusCode.OK;
        }

        try
        {
            var line = OtlpJson.Line(body.ToArray());
            await _file.WriteAsync(line);
            _file.WriteByte((byte)'\n');
            await _file.FlushAsync();
            Interlocked.Increment(ref _requests);
            return (int)HttpStatusCode.OK;
        }
        catch (InvalidProtocolBufferException)
        {
            return (int)HttpStatusCode.BadRequest;
        }
    }
}
