using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>Forwards TCP connections to a port of this machine, and what clients send so much later, in order and without loss.</summary>
internal sealed class DelayingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly TimeSpan _delay;
    private readonly int _target;
    private readonly Task _accepting;

    public DelayingProxy(int target, TimeSpan delay)
    {
        (_target, _delay) = (target, delay);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            (client.NoDelay, server.NoDelay) = (true, true);
            var held = Channel.CreateBounded<(long Due, byte[] Bytes)>(4_096);
            await Task.WhenAny(
                HoldAsync(client.GetStream(), held.Writer),
                ReleaseAsync(held.Reader, server.GetStream()),
                server.GetStream().CopyToAsync(client.GetStream(), _stop.Token));
        }
    }

    private async Task HoldAsync(NetworkStream from, ChannelWriter<(long Due, byte[] Bytes)> held)
    {
        var buffer = new byte[16 << 10];
        while (await from.ReadAsync(buffer, _stop.Token) is var read and > 0)
        {
            await held.WriteAsync((Stopwatch.GetTimestamp() + (long)(_delay.TotalSeconds * Stopwatch.Frequency), buffer[..read]), _stop.Token);
        }
    }

    private async Task ReleaseAsync(ChannelReader<(long Due, byte[] Bytes)> held, NetworkStream to)
    {
        await foreach (var (due, bytes) in held.ReadAllAsync(_stop.Token))
        {
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } early)
            {
                await Task.Delay(early, _stop.Token);
            }

            await to.WriteAsync(bytes, _stop.Token);
        }
    }
}
