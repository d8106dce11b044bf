namespace IndustrialTwin.Simulation;

/// <summary>Runs one simulated grid. Equal options give equal results.</summary>
public static class SimulationRun
{
    /// <summary>Runs until each request has ended.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static SimulationResult Run(SimulationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Grid grid = options.Placement switch
        {
            Placement.Omniscient => new CentralGrid(options),
            Placement.Pull => new PullGrid(options),
            Placement.BidAndSteal => new BidGrid(options),
            _ => new PushGrid(options),
        };
        return grid.Run(cancellationToken);
    }
}
