namespace IndustrialTwin.Policy;

/// <summary>
/// The answers that a queue has given lately, so that a request that is asked again because its answer was lost is answered and not done
/// once more. The oldest are forgotten first.
/// </summary>
/// <typeparam name="TKey">How requests are named.</typeparam>
/// <typeparam name="TAnswer">What they were answered.</typeparam>
/// <param name="answersMax">Answers that are kept.</param>
/// <param name="weightMax">What they may weigh together; a single one that is heavier is not kept.</param>
public sealed class AnswerMemory<TKey, TAnswer>(int answersMax, long weightMax)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TAnswer> _answers = [];
    private readonly Queue<(TKey Request, long Weight)> _order = new();

    /// <summary>Answers that are kept.</summary>
    public int Count => _answers.Count;

    /// <summary>What they weigh together.</summary>
    public long Weight { get; private set; }

    /// <summary>Keeps an answer. One that is known already stays as it is.</summary>
    public void Keep(TKey request, TAnswer answer, long weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        if (weight > weightMax || !_answers.TryAdd(request, answer))
            return;
        _order.Enqueue((request, weight));
        Weight += weight;
        while (_order.Count > answersMax || Weight > weightMax)
        {
            var (oldest, its) = _order.Dequeue();
            _answers.Remove(oldest);
            Weight -= its;
        }
    }

    /// <summary>The answer to a request, where it is known.</summary>
    public bool TryRecall(TKey request, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TAnswer answer) => _answers.TryGetValue(request, out answer);
}
