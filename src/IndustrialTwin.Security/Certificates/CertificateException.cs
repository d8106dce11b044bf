namespace IndustrialTwin.Certificates;

/// <summary>Certificates cannot be used. The message names the file or the setting, what it holds and what was expected.</summary>
public sealed class CertificateException(string message, Exception? innerException = null) : Exception(message, innerException);
