using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using IndustrialTwin.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Xunit;

namespace IndustrialTwin.Drivers;

/// <summary>A small message that would be a large one.</summary>
public sealed class BombTests
{
    private const int Bytes = 256 << 20;

    [Fact]
    public async Task A_compressed_answer_is_refused_as_it_comes()
    {
        var folder = Directory.CreateTempSubdirectory("itwin-bomb-");
        var socket = Path.Combine(folder.FullName, "bomb.sock");
        var bomb = Bomb();
        Assert.InRange(bomb.Length, 1, 1 << 20);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.ListenUnixSocket(socket, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        await using (var app = builder.Build())
        {
            app.MapPost("/itwin.driver.v1.Driver/{call}", async (HttpContext context) =>
            {
                context.Response.ContentType = "application/grpc";
                context.Response.Headers["grpc-encoding"] = "gzip";
                await context.Response.Body.WriteAsync(bomb, context.RequestAborted);
                context.Response.AppendTrailer("grpc-status", "0");
            });
            await app.StartAsync(TestContext.Current.CancellationToken);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await using var device = await DeviceDiscovery.OpenDriverAsync(new NamedDriver("bomb-0", new SocketDriver(new SocketOptions { Path = socket })));
            for (var start = Stopwatch.GetTimestamp(); device.Status.LastError is null; await Task.Delay(5, TestContext.Current.CancellationToken))
                Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30));
            Assert.Contains("Unsupported grpc-encoding value 'gzip'", device.Status.LastError, StringComparison.Ordinal);
            Assert.False(device.Status.IsHealthy);
        }

        folder.Delete(recursive: true);
    }

    /// <summary>A gRPC message with the compressed flag: zeros that fill a quarter of a gigabyte.</summary>
    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var written = 0; written < Bytes; written += zeros.Length)
                gzip.Write(zeros);
        }

        var message = new byte[5 + packed.Length];
        message[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), (int)packed.Length);
        packed.ToArray().CopyTo(message, 5);
        return message;
    }
}
