using System.Diagnostics;

namespace IndustrialTwin.Chaos;

/// <summary>The suite's own time, which no fault changes.</summary>
internal static class Clock
{
    private static readonly long Start = Stopwatch.GetTimestamp();

    public static TimeSpan Now => Stopwatch.GetElapsedTime(Start);

    /// <summary>Waits until something holds; answers how long that took, or null where it did not come to hold.</summary>
    public static async Task<TimeSpan?> UntilAsync(Func<Task<bool>> holds, TimeSpan limit, TimeSpan? look = null)
    {
        for (var started = Now; ;)
        {
            try
            {
                if (await holds().WaitAsync(limit + TimeSpan.FromSeconds(5)))
                {
                    return Now - started;
                }
            }
            catch (Exception fault) when (fault is not FaultNotHereException)
            {
                // What cannot be asked does not hold yet.
            }

            if (Now - started > limit)
            {
                return null;
            }

            await Task.Delay(look ?? TimeSpan.FromMilliseconds(200));
        }
    }
}
