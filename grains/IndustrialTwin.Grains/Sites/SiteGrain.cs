using IndustrialTwin.Changes;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Sites;

/// <summary>The twin of one site.</summary>
[GrainType("itwin.site")]
internal sealed partial class SiteGrain : Grain, ISiteGrain, IDisposable
{
    private const int LinesAtOnceMax = 16;

    private readonly IPersistentState<SiteState> _state;
    private readonly IQuotas _quotas;
    private readonly SiteKey _site;
    private readonly SortedDictionary<string, LineSummary> _lines = new(StringComparer.Ordinal);
    private readonly ChangeFeed _changes = new();
    private readonly RollCall<LineKey, LineSummary> _rollCall;

    public SiteGrain(
        [PersistentState("site", "twins")] IPersistentState<SiteState> state, IGrainContext context, IQuotas quotas, TimeProvider clock, ILogger<SiteGrain> logger)
    {
        (_state, _quotas) = (state, quotas);
        _site = SiteKey.Parse(context.GrainId.Key.ToString()!);
        _rollCall = new RollCall<LineKey, LineSummary>(
            async line => (await GrainFactory.GetGrain<ILineGrain>(line.Value).GetSnapshot()).Summary,
            summary => Take(summary),
            fault => LogNotHeard(logger, _site, fault),
            clock);
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _rollCall.Begin(_state.State.Lines, LinesAtOnceMax, _changes.Changed);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _rollCall.Stop();

    /// <inheritdoc/>
    public async Task<ApplyReply> Apply(SiteDeclaration declaration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(declaration);
        if (declaration.Site != _site)
        {
            throw new ArgumentException($"{_site}: the declaration is one of '{declaration.Site}'; expected one of '{_site}'.", nameof(declaration));
        }

        await _quotas.CheckMachinesAsync(declaration, async site => (await GrainFactory.GetGrain<ISiteGrain>(site.Value).GetSnapshot()).Lines.Sum(line => line.Machines));
        await GrainFactory.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).RegisterSite(_site);
        var declared = declaration.Lines.Select(line => line.Line).ToHashSet();
        var gone = _state.State.Lines.Where(line => !declared.Contains(line)).ToList();
        await StoreAsync(declaration.Title, declared.Union(gone));
        var reply = ApplyReply.None;
        foreach (var lines in declaration.Lines.Chunk(LinesAtOnceMax))
        {
            foreach (var (applied, summary) in await Task.WhenAll(lines.Select(line => ApplyAsync(line, cancellationToken))))
            {
                reply += applied;
                Take(summary);
            }
        }

        foreach (var line in gone)
        {
            reply += await GrainFactory.GetGrain<ILineGrain>(line.Value).Retire(cancellationToken);
            _rollCall.Strike(line);
            _lines.Remove(line.Value);
        }

        await StoreAsync(declaration.Title, declared);
        _changes.Changed();
        return reply;
    }

    private async Task<(ApplyReply Applied, LineSummary Summary)> ApplyAsync(LineDeclaration line, CancellationToken cancellationToken)
    {
        var grain = GrainFactory.GetGrain<ILineGrain>(line.Line.Value);
        var applied = await grain.Apply(line, cancellationToken);
        return (applied, (await grain.GetSnapshot()).Summary);
    }

    /// <inheritdoc/>
    public Task Report(LineSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        if (Array.IndexOf(_state.State.Lines, summary.Line) >= 0 && Take(summary))
        {
            _changes.Changed();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<SiteSnapshot> GetSnapshot()
    {
        await _rollCall.Ended; // Or a read might see fewer lines than one before the site moved.
        return Snapshot();
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SiteSnapshot> Watch(TimeSpan interval, CancellationToken cancellationToken) =>
        _changes.Watch(interval, Snapshot, _rollCall.Ended, cancellationToken);

    private bool Take(LineSummary summary)
    {
        if (_lines.TryGetValue(summary.Line.Value, out var known) && known.Version >= summary.Version)
        {
            return false;
        }

        _lines[summary.Line.Value] = summary;
        return true;
    }

    private async Task StoreAsync(string title, IEnumerable<LineKey> lines)
    {
        _state.State = new SiteState { Title = title, Lines = [.. lines] };
        await _state.WriteStateAsync();
    }

    private SiteSnapshot Snapshot() => new(
        _site,
        _state.State.Title,
        _lines.Count == 0 ? MachineHealth.Unknown : _lines.Values.Max(line => line.Health),
        [.. _lines.Values]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Site}: a line could not be asked how it stands; it is asked again in a second.")]
    private static partial void LogNotHeard(ILogger logger, SiteKey site, Exception fault);
}
