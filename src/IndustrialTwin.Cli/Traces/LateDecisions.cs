namespace IndustrialTwin.Traces;

/// <summary>The decisions that want a cause, grouped by the row of the runbook's table that explains them.</summary>
internal sealed class LateDecisions
{
    public LateDecisions(IEnumerable<Decision> decisions)
    {
        var all = decisions.Where(decision => decision.Outcome != "nothing-to-do").ToList();
        var late = all.Where(decision => decision.IsMissed || decision.IsOld).ToList();
        var (missed, old) = (late.Count(decision => decision.IsMissed), late.Count(decision => decision.IsOld));
        if (late.Count > 0)
        {
            What = $"{missed} decisions missed; {old} were sent when their newest sample was older than the deadline";
        }
        else
        {
            late = [.. all.OrderByDescending(decision => decision.SeenMs).Take((all.Count + 19) / 20)];
            What = $"None missed; the slowest twentieth, {late.Count} decisions";
        }

        // What is not told comes last: it leads nowhere.
        Groups =
        [
            .. late.GroupBy(DecisionTable.Of)
                .OrderBy(group => group.Key == DecisionTable.OneSpan || group.Key == DecisionTable.Nothing)
                .ThenByDescending(group => group.Count())
                .Select(group => (group.Key, (IReadOnlyList<Decision>)[.. group])),
        ];
        Count = late.Count;
    }

    /// <summary>Which these are.</summary>
    public string What { get; }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>The rows and what each explains, most first.</summary>
    public IReadOnlyList<(DecisionRow Row, IReadOnlyList<Decision> Decisions)> Groups { get; }

    /// <summary>Traces that stand for the largest group: whole ones and misses first, then those nearest to its median.</summary>
    public IEnumerable<RecordedTrace> Typical()
    {
        if (Groups.Count == 0)
        {
            return [];
        }

        var largest = Groups[0].Decisions;
        var median = largest.Select(decision => decision.CountedMs).Order().ElementAt(largest.Count / 2);
        return largest.OrderByDescending(decision => decision.IsWhole).ThenByDescending(decision => decision.IsMissed).ThenBy(decision => Math.Abs(decision.CountedMs - median)).Select(decision => decision.Trace).Distinct();
    }
}
