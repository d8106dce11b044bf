namespace IndustrialTwin.Gameday;

/// <summary>One attack or failure that is carried out for real, and what must come of it.</summary>
internal abstract class Drill
{
    /// <summary>What <c>--drill</c> calls it.</summary>
    public abstract string Name { get; }

    /// <summary>What is attempted.</summary>
    public abstract string Attempted { get; }

    /// <summary>What must come of it.</summary>
    public abstract string Expected { get; }

    /// <summary>Carries it out, and notes what was observed.</summary>
    /// <exception cref="DrillNotHereException">This machine lacks something that it needs.</exception>
    public abstract Task RunAsync(Trial trial, CancellationToken cancellationToken);
}
