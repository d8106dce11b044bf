using IndustrialTwin.Samples;

namespace IndustrialTwin.Controls;

/// <summary>
/// Whether one loop still decides in time: it falls back when it has not for as long as its fallback says. It measures by the clock's
/// timestamps, which no change of the date moves.
/// </summary>
internal sealed class FallbackWatch(ControlDeclaration declaration, TimeProvider clock)
{
    private long _decidedAt = clock.GetTimestamp();

    public ControlDeclaration Declaration => declaration;

    public ControlFallback Fallback => declaration.Fallback!;

    /// <summary>Since when it is in fallback, clock time, microseconds since 1970-01-01 UTC; null while it works normally.</summary>
    public long? SinceUs { get; private set; }

    /// <summary>Why it is in fallback, or would be now.</summary>
    public string Reason { get; private set; } = FallbackReason.Silent;

    /// <summary>Whether it is in fallback and somebody has seen to its command.</summary>
    public bool IsSeenTo { get; private set; }

    /// <summary>How long until it is due; nothing or less where it is.</summary>
    public TimeSpan Left => Fallback.After - clock.GetElapsedTime(_decidedAt);

    /// <summary>A decision was begun. Where earlier ones were missed, what for says more.</summary>
    public void Asked() => Reason = SinceUs is null && Reason == FallbackReason.Silent ? FallbackReason.Unanswered : Reason;

    /// <summary>A decision gave nothing in time.</summary>
    public void Missed(string reason) => Reason = SinceUs is null ? reason : Reason;

    /// <summary>A decision came in time; answers whether the loop was in fallback until now.</summary>
    public bool Decided()
    {
        var isBack = SinceUs is not null;
        Begin();
        return isBack;
    }

    /// <summary>Waits anew, as for a loop that has just decided.</summary>
    public void Begin() => (_decidedAt, SinceUs, Reason, IsSeenTo) = (clock.GetTimestamp(), null, FallbackReason.Silent, false);

    /// <summary>Falls back now, if it has not yet; whoever calls sees to its command. Answers whether it had not.</summary>
    public bool Fall()
    {
        var isNew = SinceUs is null;
        (SinceUs, IsSeenTo) = (SinceUs ?? clock.NowUs(), true);
        return isNew;
    }

    /// <summary>Goes on with a fallback that the log knows of. Where it knows of no command, the loop is due when it has not decided in time once more.</summary>
    public void Continue(FallbackState known) => (SinceUs, Reason, IsSeenTo) = (known.SinceUs, known.Reason, known.IsSent);
}
