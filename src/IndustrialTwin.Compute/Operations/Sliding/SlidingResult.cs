using System.Diagnostics.CodeAnalysis;

namespace IndustrialTwin.Operations.Sliding;

/// <summary>
/// What was computed of sliding windows; or, as the default, that the device does not hold what was not given: it never had it, it gave its
/// place away, or it was rebuilt. The caller then repeats with all samples, which is always computed.
/// </summary>
/// <typeparam name="TResult">What the operation gives for whole windows.</typeparam>
public readonly record struct SlidingResult<TResult>
    where TResult : class
{
    private readonly TResult? _value;

    /// <summary>A result.</summary>
    /// <param name="value">What was computed.</param>
    /// <param name="isHeld">Whether the device keeps the samples.</param>
    public SlidingResult(TResult value, bool isHeld) => (_value, IsHeld) = (value, isHeld);

    /// <summary>Whether the device keeps the samples, so that the next request may bring only what is new then.</summary>
    public bool IsHeld { get; }

    /// <summary>Whether samples are missing.</summary>
    public bool IsMissing => _value is null;

    /// <summary>Gives the result; false where samples are missing.</summary>
    public bool TryGetValue([NotNullWhen(true)] out TResult? value)
    {
        value = _value;
        return value is not null;
    }
}
