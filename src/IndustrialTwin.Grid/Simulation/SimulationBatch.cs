using System.Globalization;

namespace IndustrialTwin.Simulation;

/// <summary>Simulations that a report needs; they are run side by side, since they do not know of each other.</summary>
internal sealed class SimulationBatch(ReportOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
{
    private readonly List<(SimulationOptions Options, Action<SimulationResult> Keep)> _planned = [];

    /// <summary>The grid that all simulations of the report have in common.</summary>
    public SimulationOptions Grid { get; } = new()
    {
        Devices = options.Devices,
        Kernels = options.Kernels,
        IsHeterogeneous = options.IsHeterogeneous,
        DeadlineBatches = options.DeadlineBatches,
        Requests = options.Requests,
        Seed = options.Seed,
    };

    public Planned Plan(SimulationOptions simulation)
    {
        var planned = new Planned();
        _planned.Add((simulation, result => planned.Result = result));
        return planned;
    }

    public void Run()
    {
        var done = 0;
        // What takes longest begins first.
        var order = _planned.OrderByDescending(planned => planned.Options.Placement == Placement.LeastLoaded).ThenByDescending(planned => planned.Options.Requests);
        Parallel.ForEach(
            order, new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken },
            planned =>
            {
                planned.Keep(SimulationRun.Run(planned.Options, cancellationToken));
                progress?.Report(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Interlocked.Increment(ref done)} of {_planned.Count}: {planned.Options.Placement}, {planned.Options.Arrivals}, load {planned.Options.Load}"));
            });
    }

    /// <summary>A result that is there once the batch has run.</summary>
    public sealed class Planned
    {
        private SimulationResult? _result;

        public SimulationResult Result
        {
            get => _result ?? throw new InvalidOperationException("The simulation has not run.");
            set => _result = value;
        }
    }
}
