namespace IndustrialTwin.Chaos;

/// <summary>
/// Whether a register's history is linearizable: whether each operation can be given one moment between its call and its answer so that
/// every read sees the newest write before it. The search is that of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with
/// Lowe's memory of states already tried (Testing for linearizability, 2017).
/// </summary>
internal static class Linearizability
{
    private const int StatesMax = 2_000_000;

    /// <summary>Answers null where it is, or the first operation that no order explains.</summary>
    /// <param name="history">The operations, in any order.</param>
    /// <param name="initial">The value before the first write.</param>
    public static RegisterOperation? Fault(IEnumerable<RegisterOperation> history, long initial)
    {
        // A write that may have happened and that nobody saw need not have.
        var all = history.ToList();
        var seen = all.Where(operation => !operation.IsWrite).Select(operation => operation.Value).ToHashSet();
        var operations = all.Where(operation => operation.Ended is not null || (operation.IsWrite && seen.Contains(operation.Value)))
            .OrderBy(operation => operation.Began).ToArray();
        var tried = new HashSet<(int First, string Later, long Value)>();
        var stack = new Stack<(int First, SortedSet<int> Later, long Value)>();
        var (furthest, states) = (0, 0);
        stack.Push((0, [], initial));
        while (stack.TryPop(out var at))
        {
            // `First` operations are done all together; of those after, `Later` are done too.
            var (first, later, value) = at;
            while (later.Remove(first))
            {
                first++;
            }

            furthest = Math.Max(furthest, first);
            if (first == operations.Length || Rest(operations, first, later).All(operation => operation is { IsWrite: true, Ended: null }))
            {
                return null;
            }

            if (++states > StatesMax || !tried.Add((first, string.Join(',', later), value)))
            {
                continue;
            }

            // Whoever is next must have begun before the first answer among those that are left. They are in the order of their calls, so
            // nobody who was called after the first answer need be looked at.
            var (answer, end) = (TimeSpan.MaxValue, first);
            for (; end < operations.Length && operations[end].Began <= answer; end++)
            {
                answer = operations[end].Ended is { } ended && ended < answer && !later.Contains(end) ? ended : answer;
            }

            for (var i = end - 1; i >= first; i--)
            {
                if (later.Contains(i) || operations[i].Began > answer || (!operations[i].IsWrite && operations[i].Value != value))
                {
                    continue;
                }

                stack.Push((first, [.. later, i], operations[i].IsWrite ? operations[i].Value : value));
            }
        }

        return operations[Math.Min(furthest, operations.Length - 1)];
    }

    private static IEnumerable<RegisterOperation> Rest(RegisterOperation[] operations, int first, SortedSet<int> later)
    {
        for (var i = first; i < operations.Length; i++)
        {
            if (!later.Contains(i))
            {
                yield return operations[i];
            }
        }
    }
}
