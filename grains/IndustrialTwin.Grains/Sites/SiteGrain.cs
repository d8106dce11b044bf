using IndustrialTwin.Changes;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Tenants;

namespace IndustrialTwin.Sites;

/// <summary>The twin of one site.</summary>
[GrainType("itwin.site")]
internal sealed class SiteGrain : Grain, ISiteGrain
{
    private const int LinesAtOnceMax = 16;

    private readonly IPersistentState<SiteState> _state;
    private readonly IQuotas _quotas;
    private readonly SiteKey _site;
    private readonly SortedDictionary<string, LineSummary> _lines = new(StringComparer.Ordinal);
    private readonly ChangeFeed _changes = new();

    public SiteGrain([PersistentState("site", "twins")] IPersistentState<SiteState> state, IGrainContext context, IQuotas quotas)
    {
        (_state, _quotas) = (state, quotas);
        _site = SiteKey.Parse(context.GrainId.Key.ToString()!);
    }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var snapshot in await Task.WhenAll(_state.State.Lines.Select(line => GrainFactory.GetGrain<ILineGrain>(line.Value).GetSnapshot())))
        {
            Take(snapshot.Summary);
        }
    }

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
    public Task<SiteSnapshot> GetSnapshot() => Task.FromResult(Snapshot());

    /// <inheritdoc/>
    public IAsyncEnumerable<SiteSnapshot> Watch(TimeSpan interval, CancellationToken cancellationToken) =>
        _changes.Watch(interval, Snapshot, cancellationToken);

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
}
