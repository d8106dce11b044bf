using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace IndustrialTwin.Benchmarks.Ingest;

/// <summary>A PostgreSQL server of our own in a temporary folder, as it comes: fsync on, commits synchronous. Gone when disposed.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/postgresql";
    private const string SystemUser = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly Process _process;

    private PostgresServer(string folder, Process process, int port)
    {
        (_folder, _process) = (folder, process);
        ConnectionString = $"Host=127.0.0.1;Port={port};Username={SystemUser};Database=postgres";
    }

    public string ConnectionString { get; }

    public int ProcessId => _process.Id;

    /// <exception cref="NotHereException">No server is installed, or nobody but root could run it.</exception>
    public static async Task<PostgresServer> StartAsync()
    {
        var bin = Directory.Exists(Binaries)
            ? Directory.EnumerateDirectories(Binaries).Select(folder => Path.Combine(folder, "bin")).Where(bin => File.Exists(Path.Combine(bin, "postgres"))).Order().LastOrDefault()
            : null;
        if (bin is null)
        {
            throw new NotHereException($"There is no PostgreSQL server below {Binaries}.");
        }

        var folder = Directory.CreateTempSubdirectory("itwin-bench-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", SystemUser, folder);
        }

        var data = Path.Combine(folder, "data");
        await RunAsync(AsUser(Path.Combine(bin, "initdb"), "-D", data, "-U", SystemUser, "-A", "trust", "-E", "UTF8", "--no-sync"));
        var port = FreePort();
        var process = Process.Start(AsUser(
            Path.Combine(bin, "postgres"), "-D", data, "-k", folder, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", "max_wal_size=4GB"))!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new PostgresServer(folder, process, port);
        var started = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(server.ConnectionString);
                await connection.OpenAsync();
                return server;
            }
            catch (NpgsqlException) when (!process.HasExited && started.Elapsed < Patience)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Makes an empty database and answers how to reach it.</summary>
    public async Task<string> CreateAsync(string name)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // The name is the benchmark's own.
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ToString();
    }

    /// <summary>What a database takes on disk, bytes.</summary>
    public async Task<double> BytesOfAsync(string name)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_database_size($1)", connection);
        command.Parameters.Add(new() { Value = name });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await RunAsync("kill", "-INT", $"{_process.Id}"); // Fast shutdown.
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The server refuses to run as root.</summary>
    private static ProcessStartInfo AsUser(string program, params string[] arguments) => new(
        Environment.IsPrivilegedProcess ? "setpriv" : program,
        Environment.IsPrivilegedProcess ? [$"--reuid={SystemUser}", $"--regid={SystemUser}", "--clear-groups", program, .. arguments] : arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = "/",
    };

    private static Task RunAsync(string program, params string[] arguments) =>
        RunAsync(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });

    private static async Task RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {await output}{errors}");
        }
    }
}
