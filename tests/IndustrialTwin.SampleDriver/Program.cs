using System.Runtime.InteropServices;
using IndustrialTwin.SampleDriver;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;

// The socket's folder should be one that only this user can write; the socket itself is made for this user alone.
if (args is not [var path] || !Path.IsPathFullyQualified(path))
{
    await Console.Error.WriteLineAsync("Usage: IndustrialTwin.SampleDriver <absolute path of the socket>");
    return 2;
}

// What a killed driver left behind would keep the next one from listening.
File.Delete(path);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
builder.Services.AddGrpc(grpc =>
{
    grpc.MaxReceiveMessageSize = SampleDevice.LaunchBytesMax + SampleDevice.OverheadBytes;
    grpc.MaxSendMessageSize = null;
});
builder.WebHost.ConfigureKestrel(server =>
{
    server.Limits.MaxConcurrentConnections = 16;
    server.ListenUnixSocket(path, endpoint => endpoint.Protocols = HttpProtocols.Http2);
});
using var owner = new UserOnlyFiles();
await using var app = builder.Build();
app.MapGrpcService<SampleDevice>();
await app.StartAsync();
await Console.Out.WriteLineAsync($"listening at {path}");
await app.WaitForShutdownAsync();
return 0;

/// <summary>Files and sockets are made for this user alone from the first moment on, instead of being closed to others afterwards.</summary>
internal sealed partial class UserOnlyFiles : IDisposable
{
    private const uint OthersAndGroup = 0b001_111_111;
    private readonly uint _before = OperatingSystem.IsWindows() ? 0 : Mask(OthersAndGroup);

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
            _ = Mask(_before);
    }

    [DllImport("libc", EntryPoint = "umask")]
    private static extern uint Mask(uint mask);
}
