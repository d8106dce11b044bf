namespace IndustrialTwin.Accelerators;

/// <summary>The node that owns the device is not in the cluster, or has no such device: ask another.</summary>
[GenerateSerializer, Alias("itwin.accelerator-offline")]
public sealed class AcceleratorOfflineException : Exception
{
    /// <summary>Makes the exception.</summary>
    public AcceleratorOfflineException()
    {
    }

    /// <summary>Makes the exception with the reason.</summary>
    public AcceleratorOfflineException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with the reason and its cause.</summary>
    public AcceleratorOfflineException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
