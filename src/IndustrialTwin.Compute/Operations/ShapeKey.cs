namespace IndustrialTwin.Operations;

/// <summary>What two inputs of one operation must have in common to be launched together.</summary>
/// <param name="First">The main extent, such as the window length.</param>
/// <param name="Second">A second extent, or 0.</param>
/// <param name="Detail">Anything else that must be equal, compared with <see cref="object.Equals(object)"/>.</param>
public readonly record struct ShapeKey(long First, long Second = 0, object? Detail = null);
