namespace IndustrialTwin.Changes;

/// <summary>
/// Asks the twins below one that woke how they stand, until each has answered. It goes on beside the twin, which is awake meanwhile: twins
/// that move together would otherwise wait for each other, the upper for the answers of the lower, the lower for the upper to wake.
/// Used on a grain's own thread alone.
/// </summary>
/// <param name="ask">Asks one.</param>
/// <param name="take">Takes an answer.</param>
/// <param name="failed">Hears why one could not be asked; it is asked again.</param>
/// <param name="clock">Measures the wait before that.</param>
internal sealed class RollCall<TKey, TAnswer>(Func<TKey, Task<TAnswer>> ask, Action<TAnswer> take, Action<Exception> failed, TimeProvider clock)
    where TKey : notnull
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly HashSet<TKey> _missing = [];
    private bool _isStopped;

    /// <summary>Ends when all have answered; with an error where the twin goes to sleep first.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Whether nobody is missing.</summary>
    public bool IsOver => _missing.Count == 0;

    /// <summary>Begins; <paramref name="ended"/> is called when all have answered, also where there was nobody to ask.</summary>
    public void Begin(IEnumerable<TKey> below, int atOnceMax, Action ended)
    {
        _missing.UnionWith(below);
        Ended = RunAsync(atOnceMax, ended);
        Ended.Ignore();
    }

    /// <summary>Waits for one no more, and does not take its answer.</summary>
    public void Strike(TKey key) => _missing.Remove(key);

    /// <summary>Asks nobody any more.</summary>
    public void Stop() => _isStopped = true;

    private async Task RunAsync(int atOnceMax, Action ended)
    {
        while (!IsOver)
        {
            Exception? last = null;
            await Parallel.ForEachAsync(
                _missing.ToArray(),
                new ParallelOptions { MaxDegreeOfParallelism = atOnceMax, TaskScheduler = TaskScheduler.Current },
                async (key, _) =>
                {
                    try
                    {
                        var answer = await ask(key);
                        if (_missing.Remove(key))
                        {
                            take(answer);
                        }
                    }
                    catch (Exception fault)
                    {
                        last = fault;
                    }
                });
            if (_isStopped)
            {
                throw new OperationCanceledException("The twin went to sleep before all below it had told it how they stand; ask again.");
            }

            if (last is not null)
            {
                failed(last);
                await Task.Delay(RetryDelay, clock);
            }
        }

        ended();
    }
}
