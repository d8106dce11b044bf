namespace IndustrialTwin.Traces;

/// <summary>The table of <c>docs/runbooks/control-misses.md</c> that leads from what a trace shows to the cause: the first row that is true of a decision explains it.</summary>
internal static class DecisionTable
{
    /// <summary>The row of decisions whose trace does not tell what they waited for.</summary>
    public static readonly DecisionRow OneSpan = new("not told", decision => !decision.IsWhole && (IsLong(decision, decision.WaitMs) || IsLong(decision, decision.LaunchMs)), decision => decision.WaitMs);

    /// <summary>The row that is left where no other is true.</summary>
    public static readonly DecisionRow Nothing = new("none of these", _ => true, decision => decision.Ms);

    /// <summary>The rows, in the runbook's order.</summary>
    public static readonly DecisionRow[] Rows =
    [
        new("no answer", decision => decision.Outcome is "failed" or "refused" or "no-device", decision => decision.Ms),
        new("garbage collector", decision => IsLong(decision, decision.GcMs), decision => decision.GcMs),
        new("device's thread", decision => !IsLong(decision, decision.ProcessorMs) && ((IsBehind(decision) && IsStarved(decision)) || (IsLong(decision, decision.LaunchMs) && decision.IsStarved)), decision => Math.Max(decision.WaitMs, double.IsNaN(decision.LaunchMs) ? 0 : decision.LaunchMs), true),
        new("training", decision => IsBehindWork(decision, "deferrable"), decision => decision.WaitMs, true),
        new("heavy kernel", decision => IsBehindWork(decision, "monitor") && decision.Before!.Windows <= 1, decision => decision.WaitMs, true),
        new("monitor work", decision => IsBehindWork(decision, "monitor"), decision => decision.WaitMs, true),
        new("control loops", decision => IsBehindWork(decision, "control"), decision => decision.WaitMs, true),
        new("launch itself", decision => decision.IsWhole && IsLong(decision, decision.LaunchMs) && !decision.IsStarved, decision => decision.LaunchMs),
        OneSpan,
        new("long turns of the same twin", decision => IsLong(decision, decision.TurnMs) || (IsLong(decision, decision.BeganMs) && decision.TurnBeforeMs >= decision.BeganMs / 2), decision => Math.Max(decision.BeganMs, decision.TurnMs)),
        new("whole silo lacks processors", decision => IsLong(decision, decision.ProcessorMs), decision => decision.ProcessorMs),
        new("blocked pool", decision => IsLong(decision, decision.ThreadPoolMs), decision => decision.ThreadPoolMs),
        new("commits of others", decision => IsLong(decision, decision.RoomMs), decision => decision.RoomMs),
        new("way out", decision => decision.Outcome == "no-way-out" || IsLong(decision, decision.PublishMs), decision => decision.PublishMs),
        new("before the silo", decision => !decision.IsMissed && IsLong(decision, decision.AgeMs), decision => decision.AgeMs),
        Nothing,
    ];

    /// <summary>The row that explains a decision.</summary>
    public static DecisionRow Of(Decision decision) => Rows.First(row => row.IsTrue(decision));

    // The runbook's "long". NaN, which is what a trace does not tell, is not.
    private static bool IsLong(Decision decision, double ms) => ms >= decision.CountedMs / 3;

    private static bool IsBehind(Decision decision) => IsLong(decision, decision.WaitMs) && decision.Before is { } before && before.BusyMs >= decision.WaitMs / 2;

    private static bool IsBehindWork(Decision decision, string work) => IsBehind(decision) && decision.Before!.Class == work && !IsStarved(decision);

    // A launch that computes for longer than the deadline is too long by itself, whatever else holds it up.
    private static bool IsStarved(Decision decision) => decision.Before!.IsStarved && !(decision.Before.CpuMs >= decision.DeadlineMs);
}
