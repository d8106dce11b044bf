using Grpc.Core;
using IndustrialTwin.Conformance;
using IndustrialTwin.Operations.Statistics;
using IndustrialTwin.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Drivers;

/// <summary>A driver in this process whose answers a test bends. It knows window statistics alone, and computes them right until it is told otherwise.</summary>
internal sealed class RogueDriver : Driver.DriverBase, IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-rogue-");
    private WebApplication? _app;

    public string Socket => Path.Combine(_folder.FullName, "rogue.sock");

    public SocketOptions Options => new() { Path = Socket, LaunchTimeout = TimeSpan.FromMilliseconds(500), LaunchBytesMax = 4 << 20 };

    /// <summary>Changes what it says of itself.</summary>
    public Action<DescribeReply> Describing { get; set; } = _ => { };

    /// <summary>Changes what it answers to a launch.</summary>
    public Func<LaunchReply, CancellationToken, Task>? Bending { get; set; }

    public Action<HealthReply> Feeling { get; set; } = _ => { };

    /// <summary>Whether it looks at what it is sent.</summary>
    public bool IsCareless { get; init; }

    public int Launches;

    public static async Task<RogueDriver> StartAsync(bool isCareless = false, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var rogue = new RogueDriver { IsCareless = isCareless };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc(grpc => (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (8 << 20, null));
        builder.Services.AddSingleton(rogue);
        builder.WebHost.ConfigureKestrel(server => server.ListenUnixSocket(rogue.Socket, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        rogue._app = builder.Build();
        rogue._app.MapGrpcService<RogueDriver>();
        await rogue._app.StartAsync();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(rogue.Socket, mode);
        return rogue;
    }

    public override Task<DescribeReply> Describe(DescribeRequest request, ServerCallContext context)
    {
        var reply = new DescribeReply
        {
            Version = 1,
            Instance = "rogue-1",
            Kind = DeviceKind.Npu,
            Name = "a rogue",
            SupportsFloat64 = true,
            Operations = { WindowStatistics.Instance.Name },
            LaunchBytesMax = 1 << 20,
            LaunchJobsMax = 64,
        };
        Describing(reply);
        return Task.FromResult(reply);
    }

    public override async Task<LaunchReply> Launch(LaunchRequest request, ServerCallContext context)
    {
        Interlocked.Increment(ref Launches);
        var reply = new LaunchReply { Instance = "rogue-1" };
        foreach (var job in request.Jobs)
        {
            var windows = (int)Math.Clamp(job.Inputs[0].Extents[0], 0, 4_096);
            var length = Math.Max(1, job.Inputs[0].Data.Length / 4 / Math.Max(1, windows));
            var samples = Floats(job.Inputs[0].Data.ToByteArray());
            if (!IsCareless && samples.Length != windows * length)
                throw new RpcException(new Status(StatusCode.InvalidArgument, "The samples do not fit."));
            var summaries = WindowStatistics.Instance.Reference(new Operations.WindowBatch(samples.AsMemory(0, Math.Min(samples.Length, windows * length)), length));
            var output = new NamedArray { Name = "summaries", Element = Element.Float64, Data = Google.Protobuf.ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(summaries.AsSpan())) };
            output.Extents.AddRange([windows, 10]);
            reply.Results.Add(new LaunchResult { Outputs = { output } });
        }

        if (Bending is { } bend)
            await bend(reply, context.CancellationToken);
        return reply;
    }

    public override Task<HealthReply> Health(HealthRequest request, ServerCallContext context)
    {
        var reply = new HealthReply { IsHealthy = true, Instance = "rogue-1" };
        Feeling(reply);
        return Task.FromResult(reply);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await _app.StopAsync(soon.Token);
            await _app.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>The case of what it knows.</summary>
    public static OperationCase Case => OperationCase.Of(WindowStatistics.Instance.Name);

    private static float[] Floats(byte[] bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
}
