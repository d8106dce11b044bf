namespace IndustrialTwin.Simulation;

/// <summary>How work finds a device in a simulated grid.</summary>
public enum Placement
{
    /// <summary>A central scheduler that knows everything at once and for nothing. No real one can be better informed.</summary>
    Omniscient,

    /// <summary>The policy: whole batches are pulled, with admission and early drop.</summary>
    Pull,

    /// <summary>The policy for unbatched jobs: bids and stealing.</summary>
    BidAndSteal,

    /// <summary>Bids alone.</summary>
    Bid,

    /// <summary>Contract net: six bids for each request.</summary>
    ContractNet,

    /// <summary>The shorter of two random devices' backlogs.</summary>
    PowerOfTwo,

    /// <summary>The shortest of all devices' backlogs, each asked.</summary>
    LeastLoaded,

    /// <summary>Any device.</summary>
    Random,
}
