namespace IndustrialTwin.Certification;

/// <summary>One line of a certificate.</summary>
/// <param name="Subject">What was checked.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Detail">What was measured, or why it failed or was not checked.</param>
public sealed record Finding(string Subject, Verdict Verdict, string Detail);
