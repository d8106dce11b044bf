namespace IndustrialTwin.Operations.Bearings;

/// <summary>The part of a rolling bearing that is damaged.</summary>
public enum BearingFault
{
    /// <summary>The outer ring, which stands still.</summary>
    OuterRace,

    /// <summary>The inner ring, which turns with the shaft.</summary>
    InnerRace,

    /// <summary>A ball or roller.</summary>
    Element,

    /// <summary>The cage.</summary>
    Cage,
}
