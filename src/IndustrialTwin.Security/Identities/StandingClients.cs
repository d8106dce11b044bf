using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using IndustrialTwin.Audit;
using IndustrialTwin.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Providers;

namespace IndustrialTwin.Identities;

/// <summary>
/// What each client of the grid shows to this silo. A connection outlasts the calls that come over it: where what a client showed was
/// revoked or ended and nothing else of it counts, or where it goes on with nothing that counts, its connections are cut, at whichever
/// silo's gateway they stand.
/// </summary>
internal sealed partial class StandingClients(
    AccessBook book, GatewayConnections connections, AuditGate audit, IServiceProvider services, IOptions<SecurityOptions> options, TimeProvider clock,
    ILogger<StandingClients> logger) : BackgroundService, IControllable
{
    /// <summary>Its name among what silos can be told to do.</summary>
    public const string Name = "itwin.standing-clients";

    private const int ClientsMax = 10_000, CallersOfClientMax = 256, Cut = 1, Ask = 2;

    private readonly ConcurrentDictionary<GrainId, Client> _clients = new();
    private readonly Meter _meter = new("IndustrialTwin.Security");
    private Counter<long>? _cuts;

    /// <summary>Hears that a client made a call with a pass that counts.</summary>
    public void Shows(GrainId? source, Access.Known known)
    {
        if (source is { } id && known.IsNewTo(id) && id.IsClient() && Of(id) is { } client && (client.Shown.Count < CallersOfClientMax || client.Shown.ContainsKey(known.Caller.Id)))
        {
            client.Shown[known.Caller.Id] = known;
        }
    }

    /// <summary>Hears that a client was refused since it shows nothing that counts.</summary>
    public void ShowsNothing(GrainId? source)
    {
        if (source is { } id && id.IsClient() && Of(id) is { NobodySince: 0 } client)
        {
            client.NobodySince = clock.GetTimestamp();
        }
    }

    /// <summary>Asked by a silo, this one perhaps, which of some clients show something that counts here, or told which ones' connections are to end.</summary>
    public Task<object?> ExecuteCommand(int command, object? arg)
    {
        if (command == Ask && arg is string[] asked)
        {
            var nowUs = clock.NowUs();
            var page = book.Now;
            return Task.FromResult<object?>(_clients
                .Where(client => client.Value.Shown.Values.Any(known => nowUs < known.EndsUs && !known.HasEnded(page, nowUs)))
                .Select(client => client.Key.ToString()).Intersect(asked).ToArray());
        }

        var cut = 0;
        if (command == Cut && arg is string[] clients)
        {
            foreach (var client in clients)
            {
                if (connections.Cut(client) is { } remote)
                {
                    cut++;
                    (_cuts ??= _meter.CreateCounter<long>("itwin.gateway.cuts", "{connection}", "Connections of clients that were cut since nothing of theirs counts any more.")).Add(1);
                    LogCut(client, remote);
                }
            }
        }

        return Task.FromResult<object?>(cut);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RefreshInterval, clock);
        while (await timer.NextAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // A silo that is just leaving cannot be told: what is to be cut is tried again.
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogUncut(fault);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var over = new List<(GrainId Id, string Who)>();
        foreach (var (id, client) in _clients)
        {
            if (Over(client) is { } who)
            {
                over.Add((id, who));
            }
            else if (client is { NobodySince: 0, Shown.IsEmpty: true })
            {
                _clients.TryRemove(id, out _);
            }
        }

        if (over.Count == 0)
        {
            return;
        }

        var management = services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);

        // It makes its calls by several silos, and perhaps for several people: each silo knows only what was shown to it.
        var answers = await management.SendControlCommandToProvider<StandingClients>(Name, Ask, over.Select(client => client.Id.ToString()).ToArray(), cancellationToken).ConfigureAwait(false);
        var elsewhere = answers.OfType<string[]>().SelectMany(clients => clients).ToHashSet();
        foreach (var (id, _) in over.Where(client => elsewhere.Contains(client.Id.ToString())))
        {
            _clients.TryRemove(id, out _);
        }

        over.RemoveAll(client => elsewhere.Contains(client.Id.ToString()));
        if (over.Count == 0)
        {
            return;
        }

        await management.SendControlCommandToProvider<StandingClients>(Name, Cut, over.Select(client => client.Id.ToString()).ToArray(), cancellationToken).ConfigureAwait(false);
        foreach (var (id, who) in over)
        {
            _clients.TryRemove(id, out _);
            await audit.RefusedAsync(who, "connection", "gateway", $"the connections of {id} are cut: nothing that it shows counts any more", null).ConfigureAwait(false);
        }
    }

    /// <summary>Who a client was, where its connections are to end.</summary>
    private string? Over(Client client)
    {
        var (page, nowUs) = (book.Now, clock.NowUs());
        var (counts, ended) = (false, (string?)null);
        foreach (var (caller, known) in client.Shown)
        {
            if (known.HasEnded(page, nowUs))
            {
                ended = AuditGate.Name(known.Caller);
            }
            else if (nowUs < known.EndsUs)
            {
                counts = true;
            }
            else if (nowUs > known.EndsUs + (options.Value.PassLifetime.Ticks / TimeSpan.TicksPerMicrosecond))
            {
                client.Shown.TryRemove(caller, out _); // It has not called for long.
            }
        }

        if (counts)
        {
            client.NobodySince = 0;
            return null;
        }

        return ended ?? (client.NobodySince != 0 && clock.GetElapsedTime(client.NobodySince) >= options.Value.NobodyTimeout ? "nobody" : null);
    }

    private Client? Of(GrainId id) => _clients.TryGetValue(id, out var known) ? known : _clients.Count >= ClientsMax ? null : _clients.GetOrAdd(id, _ => new Client());

    [LoggerMessage(1, LogLevel.Warning, "Cut the connection of {Client} at {Remote}: nothing that it shows counts any more")]
    private partial void LogCut(string client, string remote);

    [LoggerMessage(2, LogLevel.Warning, "Connections that are to be cut could not be now; it is tried again")]
    private partial void LogUncut(Exception fault);

    private sealed class Client
    {
        public ConcurrentDictionary<string, Access.Known> Shown { get; } = new();

        public long NobodySince { get; set; }
    }
}
