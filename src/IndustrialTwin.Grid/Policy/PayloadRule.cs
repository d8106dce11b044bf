namespace IndustrialTwin.Policy;

/// <summary>How a payload travels.</summary>
public static class PayloadRule
{
    /// <summary>
    /// A payload above the limit is left where it is and named in the request; the device that runs the request fetches it once. A
    /// small one is quicker inside the request than asked for. Work that may wait in a queue or be moved must not drag megabytes.
    /// </summary>
    public static bool IsByReference(long payloadBytes, PolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return payloadBytes > options.InlineBytesMax;
    }
}
