using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>
/// A PostgreSQL server of the test's own, on a free loopback port, with a folder that goes with it. PostgreSQL refuses to run as root,
/// so there it runs as the user that its package made.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string SystemUser = "postgres";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly string _binaries;
    private readonly DirectoryInfo _folder;
    private readonly int _port;
    private Process? _process;
    private int _databases;

    private PostgresServer(string binaries)
    {
        _binaries = binaries;
        _folder = Directory.CreateTempSubdirectory("itwin-postgres-");
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        _port = ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>Starts a server, or skips the test where PostgreSQL 15 or later is not installed.</summary>
    public static async Task<PostgresServer> StartOrSkipAsync()
    {
        if (Binaries() is not { } binaries)
        {
            Assert.Skip("PostgreSQL 15 or later is not installed (Debian: apt-get install postgresql).");
            throw new UnreachableException();
        }

        if (Environment.IsPrivilegedProcess && !(await File.ReadAllLinesAsync("/etc/passwd")).Any(line => line.StartsWith(SystemUser + ":", StringComparison.Ordinal)))
        {
            Assert.Skip($"PostgreSQL does not run as root, and there is no system user '{SystemUser}' to run it as.");
        }

        var server = new PostgresServer(binaries);
        try
        {
            await server.InitialiseAsync();
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a new, empty database and answers its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The name is a count.
        command.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Stops the server as a crash would: nothing is flushed but what was committed, and its clients' connections break.</summary>
    public async Task StopAsync()
    {
        if (_process is { HasExited: false } && File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            await RunAsync("pg_ctl", "stop", "-D", Data, "-m", "immediate", "-w");
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        NpgsqlConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private static string? Binaries()
    {
        var places = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql")
                .Select(folder => (Folder: Path.Combine(folder, "bin"), Version: int.TryParse(Path.GetFileName(folder), out var version) ? version : 0))
                .Where(found => found.Version >= 15 && File.Exists(Path.Combine(found.Folder, "initdb")))
                .OrderByDescending(found => found.Version)
                .Select(found => found.Folder)
            : [];
        return places.FirstOrDefault();
    }

    private string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port,
        Username = SystemUser,
        Database = database,
        Timeout = 30,
    }.ToString();

    private async Task InitialiseAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(new ProcessStartInfo("chown", [SystemUser, _folder.FullName]));
        }

        await RunAsync("initdb", "-D", Data, "-U", SystemUser, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/>, with all that it holds.</summary>
    public async Task StartAsync()
    {
        _process = Process.Start(AsUser(
            "postgres", "-D", Data, "-p", _port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "max_connections=200"))!;
        var output = new System.Collections.Concurrent.ConcurrentQueue<string>();
        _process.OutputDataReceived += (_, line) => output.Enqueue(line.Data ?? string.Empty);
        _process.ErrorDataReceived += (_, line) => output.Enqueue(line.Data ?? string.Empty);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (var started = Stopwatch.StartNew(); ;)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (!_process.HasExited && started.Elapsed < StartTimeout)
            {
                await Task.Delay(50);
            }
            catch (NpgsqlException fault)
            {
                throw new InvalidOperationException($"PostgreSQL did not start: {string.Join('\n', output)}", fault);
            }
        }
    }

    private Task RunAsync(string program, params string[] arguments) => RunAsync(AsUser(program, arguments));

    private static async Task RunAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{start.FileName} ended with {process.ExitCode}: {string.Join('\n', output)}");
        }
    }

    private ProcessStartInfo AsUser(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", [$"--reuid={SystemUser}", $"--regid={SystemUser}", "--clear-groups", path, .. arguments])
            {
                WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true,
            }
            : new ProcessStartInfo(path, arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
    }
}
