namespace IndustrialTwin.Controls;

/// <summary>Why a loop gave no decision. What a decision was missed for (<c>late</c>, <c>no-device</c>, <c>failed</c> and so on) is a reason too.</summary>
public static class FallbackReason
{
    /// <summary>No samples of its channel came that there was something to decide on.</summary>
    public const string Silent = "silent";

    /// <summary>A device was asked and did not answer.</summary>
    public const string Unanswered = "no-answer";
}
