namespace IndustrialTwin.Models;

/// <summary>A key that signs or verifies models cannot be used. The message names the file and what was expected.</summary>
public sealed class ModelKeyException : Exception
{
    /// <summary>Without a word.</summary>
    public ModelKeyException()
    {
    }

    /// <summary>With what is wrong.</summary>
    public ModelKeyException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong, and why.</summary>
    public ModelKeyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
