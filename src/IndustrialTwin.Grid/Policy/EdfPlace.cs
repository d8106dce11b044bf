namespace IndustrialTwin.Policy;

/// <summary>A place in deadline order: control before the rest, then the earlier deadline, the stricter class, the earlier arrival.</summary>
/// <param name="Lane">0 for control, 1 for the rest.</param>
/// <param name="DeadlineUs">The deadline.</param>
/// <param name="Class">The class.</param>
/// <param name="Sequence">Arrivals count up.</param>
public readonly record struct EdfPlace(byte Lane, long DeadlineUs, RequestClass Class, long Sequence) : IComparable<EdfPlace>
{
    /// <summary>The first place that a deadline can have in its lane.</summary>
    public static EdfPlace First(RequestClass @class, long deadlineUs) => new(LaneOf(@class), deadlineUs, RequestClass.Control, long.MinValue);

    /// <summary>The lane of a class.</summary>
    public static byte LaneOf(RequestClass @class) => @class == RequestClass.Control ? (byte)0 : (byte)1;

    /// <inheritdoc/>
    public int CompareTo(EdfPlace other)
    {
        if (Lane != other.Lane)
            return Lane < other.Lane ? -1 : 1;
        if (DeadlineUs != other.DeadlineUs)
            return DeadlineUs < other.DeadlineUs ? -1 : 1;
        return Class != other.Class ? ((int)Class).CompareTo((int)other.Class) : Sequence.CompareTo(other.Sequence);
    }

    /// <summary>Whether the left place is served first.</summary>
    public static bool operator <(EdfPlace left, EdfPlace right) => left.CompareTo(right) < 0;

    /// <summary>Whether the right place is served first.</summary>
    public static bool operator >(EdfPlace left, EdfPlace right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left place is served first, or both are one.</summary>
    public static bool operator <=(EdfPlace left, EdfPlace right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the right place is served first, or both are one.</summary>
    public static bool operator >=(EdfPlace left, EdfPlace right) => left.CompareTo(right) >= 0;
}
