using System.Runtime.CompilerServices;
using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <summary>
/// What a machine's twin knows and how log entries change it. It knows no Orleans, no clock and no database: the same entries in the
/// same order give the same twin, and batches that arrive in another order within their lateness give the same points.
/// </summary>
internal sealed partial class MachineTwin
{
    /// <summary>All twins of a type have the same routes, as their declarations share their channels and analyses.</summary>
    private static readonly ConditionalWeakTable<AnalysisDeclaration[], Route> Routes = [];

    private readonly MachineKey _machine;
    private readonly List<(string Name, ReorderBuffer Buffer)> _sources = new(1);
    private readonly List<CommittedBatch> _ready = new(1);
    private FeaturePoint[] _features = [];
    private ChannelPoint[] _channels = [];
    private AnalysisStage[] _stages = [];
    private AlarmJudge[] _judges = [];
    private RunningClock? _running;
    private (int Stage, int Channel)[][] _routes = [];
    private int _deciding;
    private long _newestUs = long.MinValue;

    public MachineTwin(MachineKey machine, MachineState state)
    {
        _machine = machine;
        Ledger = new SequenceLedger(state.Sequences);
        Counts = state.Counts;
        IsRetired = state.IsRetired;
        _newestUs = state.NewestUs;
        Commands = state.Commands;
        Fallbacks = state.Fallbacks;
        foreach (var source in state.Sources)
        {
            _sources.Add((source.Source, new ReorderBuffer(source.Epoch, source.Next)));
        }

        _features = [.. state.Features];
        if (state.Declaration is { } declaration)
        {
            Declare(declaration, state);
        }
    }

    public SequenceLedger Ledger { get; }

    public MachineDeclaration? Declaration { get; private set; }

    public bool IsRetired { get; private set; }

    /// <summary>Whether a plant file declares the machine.</summary>
    public bool IsDeclared => Declaration is not null && !IsRetired;

    public DurableCounts Counts { get; private set; }

    public IReadOnlyList<AnalysisStage> Stages => _stages;

    public IReadOnlyList<AlarmJudge> Alarms => _judges;

    public RunningClock? Running => _running;

    public long? NewestUs => _newestUs == long.MinValue ? null : _newestUs;

    /// <summary>Batches that wait for an earlier one of their source.</summary>
    public IEnumerable<CommittedBatch> Waiting => _sources.SelectMany(source => source.Buffer.Waiting);

    /// <summary>Event time up to which every analysis has its rows, or null.</summary>
    public long? WatermarkUs
    {
        get
        {
            var watermark = long.MaxValue;
            foreach (var stage in _stages)
            {
                watermark = Math.Min(watermark, stage.WatermarkUs);
            }

            return watermark is long.MaxValue or long.MinValue ? null : watermark;
        }
    }

    /// <summary>Follows a declaration. Analyses and alarms that it leaves as they were go on where they stood.</summary>
    public void Apply(MachineDeclared declared)
    {
        IsRetired = false;
        Fallbacks = Controls.Fallbacks.After(Fallbacks, declared, Declaration);
        Declare(declared.Declaration, ToState(0));
    }

    public void Apply(MachineRetired _) => IsRetired = true;

    /// <summary>Carries out an operator's command; answers whether it changed anything.</summary>
    public bool Apply(AlarmCommanded commanded)
    {
        var judge = JudgeOf(commanded.Command.Alarm);
        if (judge is null)
        {
            return false;
        }

        var before = judge.State;
        judge.State = commanded.Command.Action switch
        {
            AlarmAction.Acknowledge => before.AfterAcknowledged(commanded.Command.Operator),
            AlarmAction.Shelve => before.AfterShelved(commanded.AtUs + (long)commanded.Command.ShelveFor!.Value.TotalMicroseconds),
            _ => before.AfterUnshelved(),
        };
        return !ReferenceEquals(before, judge.State);
    }

    /// <summary>Takes a committed batch; its samples reach the analyses in the order of its source's sequence.</summary>
    public void Apply(CommittedBatch batch)
    {
        Ledger.Add(batch.Name);
        _newestUs = Math.Max(_newestUs, batch.LastUs);
        BufferOf(batch.Name.Source).Add(batch, _newestUs, LatenessUs, _ready);
        foreach (var (_, buffer) in _sources)
        {
            buffer.Release(_newestUs, LatenessUs, _ready); // Event time is the twin's: one source's silence does not hold what another's time has passed.
        }

        var (samples, late) = (0, 0);
        foreach (var ready in _ready)
        {
            late += Distribute(ready);
        }

        _ready.Clear();
        foreach (var column in batch.Columns)
        {
            samples += column.Values.Length;
        }

        foreach (var stage in _stages)
        {
            stage.Advance(LatenessUs);
        }

        _running?.Advance(LatenessUs);
        Counts = new DurableCounts(
            Counts.Batches + 1, Counts.Samples + samples, Counts.Quarantined + batch.SamplesQuarantined, Counts.Late + late);
    }

    /// <summary>Puts a batch back that waited for its turn when the state was stored.</summary>
    public void Restore(CommittedBatch batch) => BufferOf(batch.Name.Source).Restore(batch);

    /// <summary>Takes computed points of a stage: judges them, and answers each feature's points as they are kept.</summary>
    public IEnumerable<JudgedPoints> Judge(AnalysisStage stage, FeaturePoints points)
    {
        var features = stage.Features.Length;
        for (var f = 0; f < features && points.TimesUs.Length > 0; f++)
        {
            var count = points.TimesUs.Length;
            var (values, filtered, exceeded) = (new double[count], new double[count], new bool[count]);
            var judge = JudgeOfFeature(stage.Features[f]);
            var before = judge?.State;
            for (var i = 0; i < count; i++)
            {
                values[i] = points.Values[(i * features) + f];
                (filtered[i], exceeded[i]) = judge?.Judge(points.TimesUs[i], values[i]) ?? (values[i], false);
            }

            Keep(new FeaturePoint(stage.Features[f], points.TimesUs[^1], values[^1]));
            yield return new JudgedPoints(stage.Features[f], points.TimesUs, values, filtered, exceeded, judge, before);
        }
    }

    public MachineHealth Health(long nowUs)
    {
        var health = _newestUs == long.MinValue ? MachineHealth.Unknown : MachineHealth.Good;
        foreach (var judge in _judges)
        {
            if (judge.State.IsAbnormal && !judge.State.IsShelved(nowUs))
            {
                var worse = judge.Declaration.Priority >= AlarmPriority.High ? MachineHealth.Critical : MachineHealth.Degraded;
                health = worse > health ? worse : health;
            }
        }

        return health;
    }

    public ChannelValue[] ChannelValues() =>
    [
        .. _channels.Where(point => point.TimeUs != long.MinValue)
            .Select((point, i) => new ChannelValue(point.Channel, UnitOf(point.Channel), point.TimeUs, point.Value)),
    ];

    public FeatureValue[] FeatureValues() =>
    [
        .. from name in _stages.SelectMany(stage => stage.Features)
           let at = IndexOfFeature(name)
           where at >= 0
           select new FeatureValue(name, _features[at].TimeUs, _features[at].Value, JudgeOfFeature(name)?.Declaration.Limit),
    ];

    public AlarmSnapshot[] AlarmSnapshots(long nowUs) =>
        [.. _judges.Select(judge => judge.State.ToSnapshot(_machine, judge.Declaration, nowUs))];

    public AlarmJudge? JudgeOf(string alarm) => Array.Find(_judges, judge => judge.Declaration.Name == alarm);

    public MachineState ToState(long analysedPosition) => new()
    {
        Declaration = Declaration,
        IsRetired = IsRetired,
        AnalysedPosition = analysedPosition,
        WaitingPositions = [.. Waiting.Select(batch => batch.Position).Order()],
        Sequences = [.. Ledger.ToStored()],
        Sources = [.. _sources.Select(source => new SourceState(source.Name, source.Buffer.Epoch, source.Buffer.Next))],
        Analyses = [.. _stages.Select(stage => stage.ToStored())],
        Alarms = [.. _judges.Select(judge => judge.ToStored())],
        Running = _running?.ToStored(),
        Channels = _channels,
        Features = [.. _features],
        Counts = Counts,
        NewestUs = _newestUs,
        Commands = Commands,
        Fallbacks = Fallbacks,
    };

    private long LatenessUs => (long)(Declaration?.LatenessMax.TotalMicroseconds ?? 0);

    private void Declare(MachineDeclaration next, MachineState state)
    {
        var before = Declaration ?? state.Declaration;
        next = MachineTypes.Shared(next);
        var keeps = DeclarationChange.Between(before is null ? next : MachineTypes.Shared(before), next);
        Declaration = next;
        _stages =
        [
            .. next.Analyses.Select(analysis => AnalysisStage.Of(
                analysis,
                next.Channels.First(channel => channel.Name == analysis.Inputs[0]).RateHz,
                keeps.Analysis(analysis.Name) ? Array.Find(state.Analyses, stored => stored.Analysis == analysis.Name) : null)),
        ];
        _judges =
        [
            .. next.Alarms.Select(alarm => new AlarmJudge(
                alarm, keeps.Alarm(alarm.Name) ? Array.Find(state.Alarms, stored => stored.Alarm == alarm.Name) : null)),
            .. FallbackAlarm.JudgesOf(next, keeps, state.Alarms),
        ];
        var deciding = Array.Find(next.Channels, channel => channel.Name == next.Running?.Channel) ?? next.Channels[0];
        _running = new RunningClock(deciding, next.Running, state.Running?.Channel == deciding.Name ? state.Running : null);
        _channels =
        [
            .. next.Channels.Select(channel => Array.FindIndex(state.Channels, point => point.Channel == channel.Name) is >= 0 and var at
                ? state.Channels[at]
                : new ChannelPoint(channel.Name, long.MinValue, double.NaN)),
        ];
        _deciding = Array.IndexOf(next.Channels, deciding);
        var routes = Routes.GetValue(next.Analyses, _ => Route.Of(next));
        _routes = ReferenceEquals(routes.Channels, next.Channels) ? routes.Stages : Route.Of(next).Stages;
    }

    private int Distribute(CommittedBatch batch)
    {
        var late = 0;
        foreach (var column in batch.Columns)
        {
            var at = IndexOfChannel(column.Channel);
            if (at < 0)
            {
                continue; // Declared when it was logged, no more now: it stays in the log.
            }

            var newest = IndexOfNewest(column.TimesUs);
            if (newest >= 0 && column.TimesUs[newest] > _channels[at].TimeUs)
            {
                _channels[at] = new ChannelPoint(_channels[at].Channel, column.TimesUs[newest], column.Values[newest]);
            }

            var lateHere = 0;
            foreach (var (stage, channel) in _routes[at])
            {
                lateHere = Math.Max(lateHere, _stages[stage].Add(channel, column));
            }

            if (at == _deciding)
            {
                _running!.Add(column);
            }

            late += lateHere;
        }

        return late;
    }

    private int IndexOfFeature(string name)
    {
        for (var i = 0; i < _features.Length; i++)
        {
            if (_features[i].Feature == name)
            {
                return i;
            }
        }

        return -1;
    }

    private void Keep(FeaturePoint point)
    {
        var at = IndexOfFeature(point.Feature);
        if (at < 0)
        {
            _features = [.. _features, point];
        }
        else
        {
            _features[at] = point;
        }
    }

    private int IndexOfChannel(string name)
    {
        for (var i = 0; i < _channels.Length; i++)
        {
            if (_channels[i].Channel == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static int IndexOfNewest(long[] timesUs)
    {
        var newest = timesUs.Length - 1;
        for (var i = newest - 1; i >= 0; i--)
        {
            newest = timesUs[i] > timesUs[newest] ? i : newest;
        }

        return newest;
    }

    private ReorderBuffer BufferOf(string source)
    {
        foreach (var (name, buffer) in _sources)
        {
            if (name == source)
            {
                return buffer;
            }
        }

        var added = new ReorderBuffer();
        _sources.Add((source, added));
        return added;
    }

    private AlarmJudge? JudgeOfFeature(string feature) => Array.Find(_judges, judge => judge.Declaration.Feature == feature);

    private string UnitOf(string channel) => Array.Find(Declaration!.Channels, declared => declared.Name == channel)!.Unit;

    /// <summary>Where the samples of each channel go: the stages, and which of a stage's channels it is.</summary>
    private sealed record Route(ChannelDeclaration[] Channels, (int Stage, int Channel)[][] Stages)
    {
        public static Route Of(MachineDeclaration declaration) => new(
            declaration.Channels,
            [
                .. declaration.Channels.Select(channel => declaration.Analyses
                    .Select((analysis, stage) => (stage, Array.IndexOf([.. analysis.Inputs], channel.Name)))
                    .Where(route => route.Item2 >= 0)
                    .ToArray()),
            ]);
    }
}

/// <summary>A feature's new points as judged, with its alarm before and after, if it has one.</summary>
internal sealed record JudgedPoints(
    string Feature, long[] TimesUs, double[] Values, double[] Filtered, bool[] Exceeded, AlarmJudge? Judge, AlarmState? Before);
