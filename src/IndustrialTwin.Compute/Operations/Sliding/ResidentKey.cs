namespace IndustrialTwin.Operations.Sliding;

/// <summary>
/// Names one series of samples whose newest part a device may keep. Positions count its samples; a sample that has a position never gets
/// another value. Who counts anew, after a restart or a hole, takes a new key.
/// </summary>
/// <param name="Id">Unique for ever; the empty one is of a series that is not to be kept.</param>
public readonly record struct ResidentKey(Guid Id)
{
    /// <summary>A key that nobody has.</summary>
    public static ResidentKey Create() => new(Guid.NewGuid());
}
