using IndustrialTwin.Problems;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Live;

/// <summary>
/// Follows a twin for as long as it is told to. A stream whose silo died can hang for as long as a call may take, so a twin that is
/// silent is asked for its state: no answer, or a state that the stream kept back, means that the stream broke, and it is opened anew.
/// </summary>
internal sealed partial class TwinFollower<T>(string asset, LiveBoard board, TimeSpan silenceMax, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250), PauseMax = TimeSpan.FromSeconds(3), CloseTimeMax = TimeSpan.FromSeconds(2);

    /// <summary>Opens the twin's stream of changes.</summary>
    public required Func<CancellationToken, IAsyncEnumerable<T>> Watch { get; init; }

    /// <summary>Asks the twin for its state, with a time limit.</summary>
    public required Func<CancellationToken, Task<T>> Read { get; init; }

    /// <summary>Takes a state; answers whether it was new.</summary>
    public required Func<T, CancellationToken, Task<bool>> Take { get; init; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await FollowAsync(cancellationToken))
                {
                    pause = FirstPause;
                }
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // Whatever broke it, the follower is all that would try again.
                Lose(fault);
                pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
            }

            try
            {
                await Task.Delay(pause, clock, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stream = Watch(stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool>? move = null;
        var took = false;
        try
        {
            while (true)
            {
                move ??= stream.MoveNextAsync().AsTask();
                if (!await EndsInTimeAsync(move, cancellationToken))
                {
                    var kept = await Take(await Read(cancellationToken), cancellationToken);
                    Find();
                    if (kept && !move.IsCompleted)
                    {
                        LogStuck(asset, silenceMax);
                        return true;
                    }

                    continue;
                }

                if (!await move)
                {
                    return took;
                }

                move = null;
                took = true;
                await Take(stream.Current, cancellationToken);
                Find();
            }
        }
        finally
        {
            await stop.CancelAsync();
            var abandoned = AbandonAsync(stream, move);
            if (cancellationToken.IsCancellationRequested)
            {
                // The twin hears that nobody follows any more while there is a grid that can tell it.
                await abandoned.WaitAsync(CloseTimeMax, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Lose(Exception fault)
    {
        var known = GridFault.Of(fault);
        if (!board.SetLost(asset, known?.Title ?? "The twin failed"))
        {
            return;
        }

        if (known is { } reason)
        {
            LogLost(asset, reason.Title);
        }
        else
        {
            LogBroke(asset, fault);
        }
    }

    private void Find()
    {
        if (board.SetLost(asset, null))
        {
            LogFound(asset);
        }
    }

    private async Task<bool> EndsInTimeAsync(Task<bool> move, CancellationToken cancellationToken)
    {
        try
        {
            await move.WaitAsync(silenceMax, clock, cancellationToken);
            return true;
        }
        catch (TimeoutException) when (!move.IsCompleted)
        {
            return false;
        }
    }

    /// <summary>Ends a stream without waiting for it: one that hangs ends when its last call times out.</summary>
    private async Task AbandonAsync(IAsyncEnumerator<T> stream, Task<bool>? move)
    {
        try
        {
            if (move is not null)
            {
                await move;
            }
        }
        catch (Exception fault)
        {
            LogAbandoned(asset, fault);
        }

        try
        {
            await stream.DisposeAsync();
        }
        catch (Exception fault)
        {
            LogAbandoned(asset, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Asset} is not followed now: {Reason}; it is tried again until it is")]
    private partial void LogLost(string asset, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Asset} is followed again")]
    private partial void LogFound(string asset);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Asset}: the stream of changes broke in a way that it must not; it is opened again")]
    private partial void LogBroke(string asset, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Asset}: the stream of changes was silent for {Silence} while the twin changed; it is opened again")]
    private partial void LogStuck(string asset, TimeSpan silence);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Asset}: an abandoned stream ended")]
    private partial void LogAbandoned(string asset, Exception fault);
}
