using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace IndustrialTwin.Gameday;

/// <summary>A PostgreSQL server of a drill's own on a free loopback port. It refuses to run as root; there it runs as the user that its package made.</summary>
internal sealed class DrillPostgres : IAsyncDisposable
{
    private const string User = "postgres";
    private const int VersionMin = 15;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-gameday-db-");
    private readonly string _binaries;
    private Process? _process;

    private DrillPostgres(string binaries) => _binaries = binaries;

    /// <summary>Its port.</summary>
    public int Port { get; } = DrillSilo.FreePort();

    private string Data => Path.Combine(_folder.FullName, "data");

    private string PortText => Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>The connection string of servers at ports, of which the one that takes writes is meant.</summary>
    public static string ConnectionString(params int[] ports) =>
        $"Host={string.Join(',', ports.Select(port => $"127.0.0.1:{port}"))};Username={User};Database=postgres;Timeout=5;Command Timeout=15;Keepalive=5"
        + (ports.Length > 1 ? ";Target Session Attributes=primary" : string.Empty);

    /// <summary>Starts a server with an empty database.</summary>
    /// <exception cref="DrillNotHereException">PostgreSQL is not installed.</exception>
    public static async Task<DrillPostgres> StartAsync(bool hasStandby, CancellationToken cancellationToken)
    {
        var server = new DrillPostgres(await BinariesAsync(cancellationToken));
        try
        {
            await server.OwnFolderAsync();
            await server.RunAsync("initdb", "-D", server.Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
            await server.LaunchAsync(hasStandby ? ["-c", "synchronous_standby_names=*"] : [], cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a standby that has every commit before it is acknowledged.</summary>
    public async Task<DrillPostgres> FollowAsync(CancellationToken cancellationToken)
    {
        var standby = new DrillPostgres(_binaries);
        try
        {
            await standby.OwnFolderAsync();
            await standby.RunAsync("pg_basebackup", "-h", "127.0.0.1", "-p", PortText, "-U", User, "-D", standby.Data, "-R", "-X", "stream", "-c", "fast", "--no-sync");
            await standby.LaunchAsync([], cancellationToken);
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

    /// <summary>Stops it as a crash would.</summary>
    public async Task StopAsync()
    {
        if (_process is { HasExited: false })
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
        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            _process?.Kill(entireProcessTree: true);
        }

        _folder.Delete(recursive: true);
    }

    private static async Task<string> BinariesAsync(CancellationToken cancellationToken)
    {
        const string Packages = "/usr/lib/postgresql";
        var found = Directory.Exists(Packages)
            ? Directory.EnumerateDirectories(Packages)
                .Select(folder => (Folder: Path.Combine(folder, "bin"), Version: int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0))
                .Where(one => one.Version >= VersionMin && File.Exists(Path.Combine(one.Folder, "initdb"))).OrderByDescending(one => one.Version).Select(one => one.Folder).FirstOrDefault()
            : null;
        return found is null ? throw new DrillNotHereException($"PostgreSQL {VersionMin} or later is not installed in {Packages}")
            : Environment.IsPrivilegedProcess && !(await File.ReadAllLinesAsync("/etc/passwd", cancellationToken)).Any(line => line.StartsWith(User + ":", StringComparison.Ordinal))
                ? throw new DrillNotHereException($"PostgreSQL does not run as root, and there is no user '{User}' to run it as")
                : found;
    }

    private async Task OwnFolderAsync()
    {
        if (Environment.IsPrivilegedProcess && !await Tool.TryAsync("chown", User, _folder.FullName))
        {
            throw new InvalidOperationException($"{_folder.FullName} cannot be given to user {User}.");
        }
    }

    private async Task LaunchAsync(string[] settings, CancellationToken cancellationToken)
    {
        var start = AsUser("postgres", ["-D", Data, "-p", PortText, "-c", $"listen_addresses={IPAddress.Loopback}", "-c", "unix_socket_directories=", "-c", "fsync=off", .. settings]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (!await Wait.UntilAsync(async () => (await Tool.RunAsync(AsUser("pg_isready", ["-h", "127.0.0.1", "-p", PortText]))).ExitCode == 0, StartTimeout, cancellationToken))
        {
            throw new InvalidOperationException("PostgreSQL did not start.");
        }
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var (code, output) = await Tool.RunAsync(AsUser(program, arguments));
        if (code != 0)
        {
            throw new InvalidOperationException($"{program} ended with {code}: {output}");
        }
    }

    private ProcessStartInfo AsUser(string program, string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", path, .. arguments]) { WorkingDirectory = _folder.FullName }
            : new ProcessStartInfo(path, arguments) { WorkingDirectory = _folder.FullName };
    }
}
