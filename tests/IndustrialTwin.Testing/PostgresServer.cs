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
    private readonly PostgresPlace _place;
    private readonly int _port;
    private Process? _process;
    private int _databases;

    private PostgresServer(string binaries, PostgresPlace place)
    {
        (_binaries, _place) = (binaries, place);
        _folder = place.Folder is { } folder ? new DirectoryInfo(folder) : Directory.CreateTempSubdirectory("itwin-postgres-");
        if (place.Port is { } port)
        {
            _port = port;
            return;
        }

        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        _port = ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>The process that all others of the server come from, or null while it is stopped.</summary>
    public int? ProcessId => _process is { HasExited: false } process ? process.Id : null;

    /// <summary>Where it is and what it is started with.</summary>
    public PostgresPlace Place => _place;

    /// <summary>Where its files are.</summary>
    public string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>Starts a server, or skips the test where PostgreSQL 15 or later is not installed.</summary>
    public static async Task<PostgresServer> StartOrSkipAsync(PostgresPlace? place = null)
    {
        if (await WhyNotAsync() is { } reason)
        {
            Assert.Skip(reason);
        }

        var server = new PostgresServer(Binaries()!, place ?? new PostgresPlace());
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

    /// <summary>Why no server can be started here, or null where one can.</summary>
    public static async Task<string?> WhyNotAsync() =>
        Binaries() is null ? "PostgreSQL 15 or later is not installed (Debian: apt-get install postgresql)."
        : Environment.IsPrivilegedProcess && !(await File.ReadAllLinesAsync("/etc/passwd")).Any(line => line.StartsWith(SystemUser + ":", StringComparison.Ordinal))
            ? $"PostgreSQL does not run as root, and there is no system user '{SystemUser}' to run it as."
        : null;

    /// <summary>Starts a second server that follows this one by streaming replication.</summary>
    public async Task<PostgresServer> StartStandbyAsync(PostgresPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        var standby = new PostgresServer(_binaries, place);
        try
        {
            await standby.OwnFolderAsync();
            await standby.RunAsync(
                "pg_basebackup", "-h", _place.Address.ToString(), "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", SystemUser,
                "-D", standby.Data, "-R", "-X", "stream", "-c", "fast", "--no-sync");
            await standby.StartAsync();
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby the server that takes writes.</summary>
    public Task PromoteAsync() => RunAsync("pg_ctl", "promote", "-D", Data, "-w");

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

    /// <summary>SIGKILL to all its processes at once: nothing is flushed or said any more.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    /// <summary>Runs a program of PostgreSQL's, such as one that reads the server's files, and answers what it printed; its exit code says nothing.</summary>
    public async Task<string> InspectAsync(string program, params string[] arguments) => (await EndAsync(AsUser(program, arguments))).Output;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        NpgsqlConnection.ClearAllPools();
        if (_place.Folder is null)
        {
            _folder.Delete(recursive: true);
        }
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
        Host = _place.Address.ToString(),
        Port = _port,
        Username = SystemUser,
        Database = database,
        Timeout = 30,
    }.ToString();

    private async Task InitialiseAsync()
    {
        await OwnFolderAsync();
        string[] log = _place.LogFolder is { } folder ? ["--waldir", folder, "--wal-segsize", "1"] : [];
        await RunAsync("initdb", ["-D", Data, "-U", SystemUser, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", .. log]);
        if (!IPAddress.IsLoopback(_place.Address))
        {
            await File.AppendAllTextAsync(Path.Combine(Data, "pg_hba.conf"), "host all all 0.0.0.0/0 trust\nhost replication all 0.0.0.0/0 trust\n");
        }
    }

    private Task OwnFolderAsync()
    {
        string[] log = _place.LogFolder is { } folder ? [folder] : [];
        return Environment.IsPrivilegedProcess ? RunAsync(new ProcessStartInfo("chown", [SystemUser, _folder.FullName, .. log])) : Task.CompletedTask;
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/>, with all that it holds.</summary>
    public async Task StartAsync()
    {
        _process = Process.Start(Placed(AsUser(
            "postgres",
            [
                "-D", Data, "-p", _port.ToString(CultureInfo.InvariantCulture), "-c", $"listen_addresses={_place.Address}",
                "-c", "unix_socket_directories=", "-c", "max_connections=200", .. _place.Settings.SelectMany(setting => (string[])["-c", setting]),
            ])))!;
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
            catch (Exception fault) when (fault is NpgsqlException or TimeoutException && !_process.HasExited && started.Elapsed < StartTimeout)
            {
                await Task.Delay(50);
            }
            catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
            {
                throw new InvalidOperationException($"PostgreSQL did not start: {string.Join('\n', output)}", fault);
            }
        }
    }

    private ProcessStartInfo Placed(ProcessStartInfo start) => _place.Prefix is [var first, .. var rest]
        ? new ProcessStartInfo(first, [.. rest, start.FileName, .. start.ArgumentList])
        {
            WorkingDirectory = start.WorkingDirectory, RedirectStandardOutput = true, RedirectStandardError = true,
        }
        : start;

    private Task RunAsync(string program, params string[] arguments) => RunAsync(AsUser(program, arguments));

    private static async Task RunAsync(ProcessStartInfo start)
    {
        var (code, output) = await EndAsync(start);
        if (code != 0)
        {
            throw new InvalidOperationException($"{start.FileName} ended with {code}: {output}");
        }
    }

    private static async Task<(int Code, string Output)> EndAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Join('\n', output));
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
