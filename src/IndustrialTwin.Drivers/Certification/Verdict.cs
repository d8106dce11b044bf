namespace IndustrialTwin.Certification;

/// <summary>What became of a check.</summary>
public enum Verdict
{
    /// <summary>The driver does what it must.</summary>
    Passed,

    /// <summary>It does not.</summary>
    Failed,

    /// <summary>It was not found out; the finding says why.</summary>
    NotChecked,
}
