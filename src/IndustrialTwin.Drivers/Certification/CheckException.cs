namespace IndustrialTwin.Certification;

/// <summary>The driver does not do what it must, or that cannot be found out.</summary>
internal sealed class CheckException(string message, Verdict verdict = Verdict.Failed) : Exception(message)
{
    public Verdict Verdict { get; } = verdict;
}
