namespace IndustrialTwin.Policy;

/// <summary>How a request ended. Each ends exactly once.</summary>
public enum RequestEnd
{
    /// <summary>It was computed and its answer came back.</summary>
    Done,

    /// <summary>It was not taken, and its caller knows when it could be done.</summary>
    Refused,

    /// <summary>It was taken, but its deadline passed or came too near; it was not computed for nothing.</summary>
    Expired,
}
