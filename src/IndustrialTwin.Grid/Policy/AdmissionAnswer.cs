namespace IndustrialTwin.Policy;

/// <summary>What admission says to a request.</summary>
public enum AdmissionKind
{
    /// <summary>Taken with its deadline.</summary>
    Accepted,

    /// <summary>Taken with a later deadline, which the caller said it would settle for.</summary>
    Degraded,

    /// <summary>Not taken.</summary>
    Refused,
}

/// <summary>Admission's answer.</summary>
/// <param name="Kind">Taken or not.</param>
/// <param name="DeadlineUs">The deadline that the request is now held to: its own, or a later one if degraded.</param>
/// <param name="EarliestUs">
/// The earliest time at which it can be expected to be done; a request refused for its deadline would have been taken with this one.
/// </param>
/// <param name="IsFull">Whether the queue has no place left, whatever the deadline.</param>
public readonly record struct AdmissionAnswer(AdmissionKind Kind, long DeadlineUs, long EarliestUs, bool IsFull = false)
{
    /// <summary>Whether the request was taken.</summary>
    public bool IsTaken => Kind != AdmissionKind.Refused;
}
