namespace IndustrialTwin.Quarantine;

/// <summary>Why a payload, a batch or a sample was put in quarantine. Numbers are stored: append, never renumber.</summary>
[GenerateSerializer, Alias("itwin.quarantine-reason")]
public enum QuarantineReason
{
    /// <summary>The payload is not UTF-8.</summary>
    InvalidUtf8 = 1,

    /// <summary>The payload is not JSON.</summary>
    MalformedJson = 2,

    /// <summary>The JSON lacks a field, has one of the wrong type, or columns of unequal length.</summary>
    InvalidSchema = 3,

    /// <summary>The payload, or the number of samples in it, is over the limit.</summary>
    TooLarge = 4,

    /// <summary>The topic names no machine key.</summary>
    InvalidTopic = 5,

    /// <summary>No plant file declares the machine.</summary>
    UnknownMachine = 6,

    /// <summary>The machine was removed from the plant file.</summary>
    RetiredMachine = 7,

    /// <summary>The machine's type has no such channel.</summary>
    UnknownChannel = 8,

    /// <summary>The value is NaN or infinite.</summary>
    NotFinite = 9,

    /// <summary>The value is outside the channel's declared range.</summary>
    OutOfRange = 10,

    /// <summary>The sample's time is further from the twin's clock than the declared skew.</summary>
    ClockSkew = 11,

    /// <summary>The source's name, epoch or sequence is not one that a source can have.</summary>
    InvalidSequence = 12,

    /// <summary>The machine has more sources than a twin keeps apart.</summary>
    TooManySources = 13,

    /// <summary>A second value for the same channel and time within one batch.</summary>
    RepeatedTime = 14,
}
