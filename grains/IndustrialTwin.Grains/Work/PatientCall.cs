using IndustrialTwin.Accelerators;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Work;

/// <summary>
/// One request and as many questions as it takes: who hears nothing asks again as <see cref="RetryRule"/> says, who hears that a question
/// was lost asks again at once, and the first answer ends the request. Answers that come later are dropped. The questions carry the
/// request's name, so that who is asked twice does it once.
/// </summary>
/// <param name="clock">The time.</param>
/// <param name="pause">Between the news that a question was lost and the next one; twice as long each time.</param>
/// <param name="grace">How long after the deadline an answer is waited for: what began in time may end a little later.</param>
internal sealed class PatientCall(TimeProvider clock, TimeSpan pause, TimeSpan grace)
{
    /// <summary>Asks until there is an answer or the deadline has passed.</summary>
    /// <param name="ask">Asks once.</param>
    /// <param name="deadlineUs">The request's deadline, microseconds since 1970-01-01 UTC.</param>
    /// <param name="leastUs">The least time that an attempt needs, microseconds.</param>
    /// <param name="lost">Hears why a question was lost.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <exception cref="ArgumentException">The request is malformed: no accelerator will take it.</exception>
    public async Task<ComputeReply> AskAsync(
        Func<CancellationToken, Task<ComputeReply>> ask, long deadlineUs, long leastUs, Action<Exception> lost, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var questions = new List<Task>();
        var delay = pause;
        try
        {
            while (true)
            {
                questions.Add(ask(over.Token));
                var retryUs = RetryRule.RetryAtUs(clock.NowUs(), deadlineUs, leastUs);
                if (await FirstAsync(questions, retryUs == long.MaxValue ? deadlineUs + (long)grace.TotalMicroseconds : retryUs, lost, over.Token) is { } reply)
                {
                    return reply;
                }

                if (questions.Count == 0 && deadlineUs - clock.NowUs() >= leastUs)
                {
                    await Task.Delay(delay, clock, over.Token);
                    delay *= 2;
                }
                else if (retryUs == long.MaxValue || questions.Count == 0)
                {
                    return new ComputeReply(ComputeOutcome.Expired, [], Detail: "Nobody answered in time.");
                }
            }
        }
        finally
        {
            End(over);
            foreach (var late in questions)
            {
                _ = late.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
    }

    /// <summary>The first answer; null when the time has come, or when the last question was lost.</summary>
    private async Task<ComputeReply?> FirstAsync(List<Task> questions, long untilUs, Action<Exception> lost, CancellationToken cancellationToken)
    {
        // A delay that is cancelled would let go who waits for the first of several on a thread of the pool; this does so on the caller's own.
        var waited = new TaskCompletionSource();
        using var timer = clock.CreateTimer(
            static over => ((TaskCompletionSource)over!).TrySetResult(), waited, TimeSpan.FromMicroseconds(Math.Max(0, untilUs - clock.NowUs())), Timeout.InfiniteTimeSpan);
        using var given = cancellationToken.UnsafeRegister(static over => ((TaskCompletionSource)over!).TrySetResult(), waited);
        while (questions.Count > 0)
        {
            var first = await Task.WhenAny([.. questions, waited.Task]);
            if (first == waited.Task)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return null;
            }

            questions.Remove(first);
            try
            {
                return await (Task<ComputeReply>)first;
            }
            catch (Exception fault) when (fault is not ArgumentException && !cancellationToken.IsCancellationRequested)
            {
                lost(fault);
            }
        }

        return null;
    }

    /// <summary>What waits is let go here and now, on the caller's own thread.</summary>
    private static void End(CancellationTokenSource waiting) => waiting.Cancel();
}
