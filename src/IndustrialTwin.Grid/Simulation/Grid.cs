using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>A simulated grid: arrivals, hardware, network and record, the same for every placement.</summary>
internal abstract class Grid
{
    private readonly Random _arrivals;
    private int _arrived;

    protected Grid(SimulationOptions options)
    {
        Options = options;
        _arrivals = new Random(options.Seed * 31 + 1);
        Random = new Random(options.Seed * 31 + 5);
        Hardware = new Hardware(options);
        Recorder = new Recorder(options, Hardware);
        Network = new Network(Loop, Recorder, options);
    }

    protected SimulationOptions Options { get; }

    protected EventLoop Loop { get; } = new();

    protected Hardware Hardware { get; }

    protected Recorder Recorder { get; }

    protected Network Network { get; }

    /// <summary>What the placement draws from; arrivals draw from another, so that they are the same for every placement.</summary>
    protected Random Random { get; }

    protected long NowUs => Loop.NowUs;

    /// <summary>The sites at which requests arrive.</summary>
    protected int EdgeSites => Math.Max(1, Options.Sites - 1);

    protected virtual IdleWatch? Idle => null;

    /// <summary>How long before its deadline a request must be done so that its answer comes back in time.</summary>
    protected long AnswerUs => Options.RoundTripUs / 2;

    public SimulationResult Run(CancellationToken cancellationToken)
    {
        Begin();
        // Each kernel of each site has arrivals of its own; a trace is begun by each at another place.
        var streams = Options.IsJobs ? 1 : EdgeSites * Options.Kernels;
        for (var stream = 0; stream < streams; stream++)
            Arrive(stream, Source(streams));
        Loop.Run(() => Recorder.IsOver, cancellationToken);
        return Recorder.Result(NowUs, Idle);
    }

    protected abstract void Begin();

    /// <summary>A request has arrived at its caller.</summary>
    protected abstract void Place(SimulatedRequest request);

    protected void End(SimulatedRequest request, RequestEnd end) => Recorder.Ended(request, end, NowUs);

    private void Arrive(int stream, ArrivalSource source) => Loop.After(source.NextGapUs(), () =>
    {
        if (_arrived == Options.Requests)
            return;
        var kernel = Options.IsJobs ? 0 : stream % Options.Kernels;
        var length = Options.IsJobs ? 0 : Hardware.Cost(Options.IsHeterogeneous ? 2 % Options.Devices : 0, kernel).PredictUs(Options.Policy.BatchUnitsMax);
        var request = new SimulatedRequest
        {
            Number = _arrived++,
            Site = stream / Options.Kernels,
            Kernel = kernel,
            ArrivedUs = NowUs,
            DeadlineUs = NowUs + (Options.IsJobs ? 1_000_000_000_000 : (long)(Options.DeadlineBatches * length)),
            Class = Options.ControlRatio > 0 && _arrivals.NextDouble() < Options.ControlRatio ? RequestClass.Control : RequestClass.Monitor,
            Units = Options.IsJobs ? Math.Max(1, (int)(Options.BatchUs * source.NextSize())) : 1,
        };
        Recorder.Arrived(request);
        Place(request);
        Arrive(stream, source);
    });

    private ArrivalSource Source(int streams)
    {
        var meanUnits = Options.IsJobs ? Options.BatchUs : 1.0;
        var gapUs = streams * meanUnits / (Options.Load * Hardware.UnitsPerUs);
        return new ArrivalSource(Options.Arrivals == ArrivalKind.Poisson ? null : Options.Trace, gapUs, new Random(_arrivals.Next()));
    }
}
