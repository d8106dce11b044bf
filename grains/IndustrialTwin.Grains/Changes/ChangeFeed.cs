using System.Runtime.CompilerServices;

namespace IndustrialTwin.Changes;

/// <summary>
/// Tells watchers that something changed. A watcher that is slow misses the changes between, never the newest one, and costs the twin
/// no memory. Used on a grain's own thread alone.
/// </summary>
internal sealed class ChangeFeed
{
    /// <summary>The shortest and the longest interval of a watcher.</summary>
    public static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(100), IntervalMax = TimeSpan.FromMinutes(1);

    private TaskCompletionSource? _next;

    /// <summary>Wakes the watchers.</summary>
    public void Changed()
    {
        var next = _next;
        _next = null;
        next?.TrySetResult();
    }

    /// <summary>What <paramref name="read"/> answers now and after changes, at most once in <paramref name="interval"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is out of its range.</exception>
    public IAsyncEnumerable<T> Watch<T>(TimeSpan interval, Func<T> read, CancellationToken cancellationToken) =>
        Watch(interval, read, Task.CompletedTask, cancellationToken);

    /// <summary>The same, from when <paramref name="after"/> has ended.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is out of its range.</exception>
    public IAsyncEnumerable<T> Watch<T>(TimeSpan interval, Func<T> read, Task after, CancellationToken cancellationToken)
    {
        if (interval < IntervalMin || interval > IntervalMax)
        {
            throw new ArgumentOutOfRangeException(nameof(interval), interval, $"The interval must lie within {IntervalMin} and {IntervalMax}.");
        }

        return Follow(interval, read, after, cancellationToken);
    }

    private async IAsyncEnumerable<T> Follow<T>(
        TimeSpan interval, Func<T> read, Task after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await after.WaitAsync(cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            yield return read();
            await Task.Delay(interval, cancellationToken);
            await next.Task.WaitAsync(cancellationToken);
        }
    }
}
