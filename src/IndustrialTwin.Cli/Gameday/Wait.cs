using System.Diagnostics;

namespace IndustrialTwin.Gameday;

/// <summary>Waiting for what comes in its own time.</summary>
internal static class Wait
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until something holds, and answers whether it did in time.</summary>
    public static async Task<bool> UntilAsync(Func<Task<bool>> holds, TimeSpan limit, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.StartNew(); !await holds(); await Task.Delay(Look, cancellationToken))
        {
            if (began.Elapsed > limit)
            {
                return false;
            }
        }

        return true;
    }
}
