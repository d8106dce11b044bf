using IndustrialTwin.Changes;
using IndustrialTwin.Machines;
using IndustrialTwin.Sites;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Lines;

/// <summary>The twin of one production line.</summary>
[GrainType("itwin.line")]
internal sealed partial class LineGrain : Grain, ILineGrain, IDisposable
{
    private const int CallsAtOnceMax = 64;

    private readonly IPersistentState<LineState> _state;
    private readonly ILogger<LineGrain> _logger;
    private readonly TimeProvider _clock;
    private readonly LineKey _line;
    private readonly LineRollUp _rollUp = new();
    private readonly ChangeFeed _changes = new();
    private readonly Outbox _report;
    private readonly RollCall<MachineKey, MachineSummary> _rollCall;
    private long _version;

    public LineGrain(
        [PersistentState("line", "twins")] IPersistentState<LineState> state, IGrainContext context, TimeProvider clock, ILogger<LineGrain> logger)
    {
        (_state, _clock, _logger) = (state, clock, logger);
        _line = LineKey.Parse(context.GrainId.Key.ToString()!);
        _report = new Outbox(
            () => GrainFactory.GetGrain<ISiteGrain>(_line.Site.Value).Report(Summary()), fault => LogReportFailed(_line, fault), clock);
        _rollCall = new RollCall<MachineKey, MachineSummary>(
            async machine => (await GrainFactory.GetGrain<IMachineGrain>(machine.Value).GetSnapshot()).Summary,
            summary => _rollUp.Take(summary),
            fault => LogNotHeard(_line, fault),
            clock);
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // A newer activation's summaries must count as newer; the clock orders activations well enough, since versions only compare to each other.
        _version = _clock.GetUtcNow().UtcTicks;
        _rollCall.Begin(_state.State.Machines, CallsAtOnceMax, Changed);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rollCall.Stop();
        _report.Stop();
    }

    /// <inheritdoc/>
    public async Task<ApplyReply> Apply(LineDeclaration declaration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(declaration);
        if (declaration.Line != _line)
        {
            throw new ArgumentException($"{_line}: the declaration is one of '{declaration.Line}'; expected one of '{_line}'.", nameof(declaration));
        }

        var known = _state.State.Machines.ToHashSet();
        var declared = declaration.Machines.ToDictionary(machine => machine.Machine);

        // Membership is stored before the machines are told: cut off in between, the next try finds and finishes what this one began.
        await StoreAsync(new LineState { Title = declaration.Title, IsDeclared = true, Machines = [.. known.Union(declared.Keys)] });
        var reply = ApplyReply.None;
        foreach (var chunk in declared.Values.Chunk(CallsAtOnceMax))
        {
            foreach (var (machine, changed) in await Task.WhenAll(chunk.Select(machine => ApplyAsync(machine, cancellationToken))))
            {
                reply += !changed ? new ApplyReply(0, 0, 1, 0) : known.Contains(machine) ? new ApplyReply(0, 1, 0, 0) : new ApplyReply(1, 0, 0, 0);
            }
        }

        reply += await RetireAsync(known.Where(machine => !declared.ContainsKey(machine)), cancellationToken);
        await StoreAsync(_state.State with { Machines = [.. declared.Keys] });
        Changed();
        return reply;
    }

    /// <inheritdoc/>
    public async Task<ApplyReply> Retire(CancellationToken cancellationToken)
    {
        var reply = await RetireAsync(_state.State.Machines, cancellationToken);
        await StoreAsync(new LineState { Title = _state.State.Title });
        _changes.Changed();
        return reply;
    }

    /// <inheritdoc/>
    public Task Report(MachineSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        if (Array.IndexOf(_state.State.Machines, summary.Machine) >= 0 && _rollUp.Take(summary))
        {
            Changed();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<LineSnapshot> GetSnapshot()
    {
        await _rollCall.Ended; // Or a read might see fewer machines than one before the line moved.
        return Snapshot();
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LineSnapshot> Watch(TimeSpan interval, CancellationToken cancellationToken) =>
        _changes.Watch(interval, Snapshot, _rollCall.Ended, cancellationToken);

    private async Task<(MachineKey Machine, bool Changed)> ApplyAsync(MachineDeclaration declaration, CancellationToken cancellationToken)
    {
        var machine = GrainFactory.GetGrain<IMachineGrain>(declaration.Machine.Value);
        var changed = await machine.Apply(declaration, cancellationToken);
        _rollUp.Take((await machine.GetSnapshot()).Summary);
        return (declaration.Machine, changed);
    }

    private async Task<ApplyReply> RetireAsync(IEnumerable<MachineKey> machines, CancellationToken cancellationToken)
    {
        var reply = ApplyReply.None;
        foreach (var chunk in machines.Chunk(CallsAtOnceMax))
        {
            var retired = await Task.WhenAll(chunk.Select(machine => GrainFactory.GetGrain<IMachineGrain>(machine.Value).Retire(cancellationToken)));
            foreach (var machine in chunk)
            {
                _rollCall.Strike(machine);
                _rollUp.Remove(machine);
            }

            reply += new ApplyReply(0, 0, 0, retired.Count(done => done));
        }

        return reply;
    }

    private async Task StoreAsync(LineState state)
    {
        _state.State = state;
        await _state.WriteStateAsync();
    }

    private void Changed()
    {
        _changes.Changed();
        if (_rollCall.IsOver && _state.State.IsDeclared)
        {
            _report.Post();
        }
    }

    private LineSummary Summary() => _rollUp.ToSummary(_line, ++_version, _state.State.Title);

    private LineSnapshot Snapshot() => new(Summary(), [.. _rollUp.Machines]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Line}: the site could not be told of a change; it is told again in a second.")]
    private partial void LogReportFailed(LineKey line, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Line}: a machine could not be asked how it stands; it is asked again in a second.")]
    private partial void LogNotHeard(LineKey line, Exception fault);
}
