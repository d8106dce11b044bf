using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>A request in a simulated grid.</summary>
internal sealed class SimulatedRequest
{
    public required int Number { get; init; }

    public required int Site { get; init; }

    public required int Kernel { get; init; }

    public required long ArrivedUs { get; init; }

    /// <summary>As its caller wants it: the answer must have come back by then.</summary>
    public required long DeadlineUs { get; init; }

    public required RequestClass Class { get; init; }

    public required int Units { get; init; }

    /// <summary>Whether it has gone up a tier; it does so once.</summary>
    public bool IsUp { get; set; }

    public WorkTerms Terms(long answerUs = 0) => new(Class, DeadlineUs - answerUs, Units);
}
