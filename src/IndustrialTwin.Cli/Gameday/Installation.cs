using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.Certificates;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;
using IndustrialTwin.Identities;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Gameday;

/// <summary>
/// A throw-away installation: a silo in a process of its own, in a temporary folder, with an authority and certificates made on the
/// spot and an administrator's key made by the silo's own program.
/// </summary>
internal sealed class Installation : IAsyncDisposable
{
    /// <summary>The cluster's id.</summary>
    public const string Cluster = "gameday";

    /// <summary>A bound for every call: a drill waits for nobody for ever.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Life = TimeSpan.FromDays(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-gameday-");
    private readonly InstallationPlan _plan;
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private string _administrator = string.Empty;

    private Installation(string program, InstallationPlan plan)
    {
        _plan = plan;
        Authority = CertificateAuthority.Create("Gameday authority", _now - TimeSpan.FromDays(30), TimeSpan.FromDays(60)); // Old enough for a certificate that has ended.
        Silo = new DrillSilo(program, _folder.FullName, plan.Wrapper);
    }

    /// <summary>Whose certificates count here.</summary>
    public CertificateAuthority Authority { get; }

    public DrillSilo Silo { get; }

    /// <summary>Whether security is on.</summary>
    public bool IsSecured => _plan.IsSecured;

    /// <summary>Where the silo's databases are.</summary>
    public string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>Makes an installation and starts its silo.</summary>
    public static async Task<Installation> StartAsync(string program, InstallationPlan plan, CancellationToken cancellationToken)
    {
        var made = new Installation(program, plan);
        try
        {
            await made.PrepareAsync(cancellationToken);
            await made.RestartAsync(cancellationToken);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the silo, after it was killed or for the first time.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        using var http = Http(null);
        await Silo.StartAsync(http, cancellationToken);
    }

    /// <summary>Connects as a client with a client's certificate.</summary>
    /// <param name="credential">What to sign in with; empty for nobody, null for the administrator.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public Task<GridConnection> ConnectAsync(string? credential, CancellationToken cancellationToken) => GridConnection.OpenAsync(
        Silo.Gateway, Cluster, Cluster, Patience, cancellationToken,
        IsSecured ? new CertificateStore(new CertificateOptions { Folder = Path.Combine(_folder.FullName, "client") }) : null,
        credential ?? _administrator);

    /// <summary>Makes an access key, as <c>itwin key create</c> does, and waits until it counts: silos read of new ones within seconds.</summary>
    public static async Task<CreatedKey> CreateKeyAsync(GridConnection administrator, string name, Role role, string scope, CancellationToken cancellationToken, string? tenant = null)
    {
        var key = await administrator.CallAsync(
            administrator.Grains.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key).Create(new AccessKeyRequest(name, role, scope, tenant)), "The access key", cancellationToken);
        var door = administrator.Grains.GetGrain<ISignInGrain>(ISignInGrain.Key);
        return await Wait.UntilAsync(async () => await administrator.CallAsync(door.SignIn(key.Secret), "The sign-in", cancellationToken) is not null, Patience, cancellationToken)
            ? key
            : throw new CommandFault($"The key '{name}' does not count {Patience.TotalSeconds:0} s after it was made.", ExitCode.Unreachable);
    }

    /// <summary>Declares a site of like machines.</summary>
    public static Task DeclareAsync(GridConnection administrator, string site, IEnumerable<MachineDeclaration> machines, CancellationToken cancellationToken) => administrator.CallAsync(
        administrator.Grains.GetGrain<ISiteGrain>(site).Apply(
            new SiteDeclaration(SiteKey.Parse(site), site, [.. machines.GroupBy(machine => machine.Machine.Line).Select(line => new LineDeclaration(line.Key, line.Key.Value, [.. line]))]),
            cancellationToken),
        $"Site {site}",
        cancellationToken);

    /// <summary>A twin once it has analysed so many batches: it acknowledges what is committed and analyses it thereafter.</summary>
    public static async Task<MachineSnapshot> SettledAsync(GridConnection grid, MachineKey machine, long batches, CancellationToken cancellationToken)
    {
        MachineSnapshot seen = null!;
        await Wait.UntilAsync(
            async () => (seen = await grid.CallAsync(grid.Grains.GetGrain<IMachineGrain>(machine.Value).GetSnapshot(), "The twin", cancellationToken)).Counts.BatchesAccepted >= batches
                && seen.AnalysedPosition == seen.LogPosition,
            TimeSpan.FromSeconds(10),
            cancellationToken);
        return seen;
    }

    /// <summary>An HTTP client of the silo that trusts the installation's authority alone.</summary>
    public HttpClient Http(string? key)
    {
        var handler = new SocketsHttpHandler();
        if (IsSecured)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(Authority.CertificatePem));
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        var client = new HttpClient(handler) { BaseAddress = new Uri($"{(IsSecured ? "https" : "http")}://localhost:{Silo.HttpPort}"), Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>What a machine's twin answers to a GET over HTTP.</summary>
    public async Task<HttpStatusCode> GetAsync(string? key, MachineKey machine, CancellationToken cancellationToken)
    {
        using var http = Http(key);
        using var answer = await http.GetAsync(new Uri($"/api/v1/machines/{machine}", UriKind.Relative), cancellationToken);
        return answer.StatusCode;
    }

    /// <summary>A device's certificate.</summary>
    public IssuedCertificate Device(string key) => Authority.Device(key, _now, Life);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Silo.DisposeAsync();
        Authority.Dispose();
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // What the killed process had open may linger for a moment; the temporary folder is the system's to clear.
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Data);
        await _plan.Prepare(Data);
        var settings = Silo.Settings;
        settings["Node__Node"] = "drill";
        settings["Storage__Path"] = Path.Combine(Data, "twin.db");
        settings["Cluster__ClusterId"] = settings["Cluster__ServiceId"] = Cluster;
        settings["Demonstration__Enabled"] = "false";
        settings["Devices__IsCudaAllowed"] = settings["Devices__IsOpenClAllowed"] = "false";
        settings["Mqtt__TraceRatio"] = "0";
        settings["Urls"] = $"{(IsSecured ? "https" : "http")}://localhost:{Silo.HttpPort}";
        settings["Security__Access"] = IsSecured ? "Required" : "Open";
        settings["Security__RefreshInterval"] = "00:00:01";
        settings["Dashboard__SignInsPerMinuteMax"] = "300";
        if (IsSecured)
        {
            var folder = Path.Combine(_folder.FullName, "silo");
            Authority.Silo(Cluster, ["localhost", "127.0.0.1"], _now, Life).Save(folder);
            Authority.Client(Cluster, "itwin", _now, Life).Save(Path.Combine(_folder.FullName, "client"));
            settings["Certificates__Folder"] = folder;
            settings["Cluster__Tls"] = settings["Mqtt__Tls"] = "true";
            settings["Security__ClusterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        }

        foreach (var (key, value) in _plan.Settings)
        {
            settings[key] = value;
        }

        if (IsSecured)
        {
            var (code, output) = await Silo.RunAsync(cancellationToken, "key");
            _administrator = code == 0 ? output.Split('\n')[0].Trim() : throw new CommandFault($"The silo made no administrator's key: {output}", ExitCode.Unreachable);
        }
    }
}
