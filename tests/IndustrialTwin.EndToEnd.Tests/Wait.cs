using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>Waits for what another process does in its own time.</summary>
internal static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var started = System.Diagnostics.Stopwatch.StartNew(); started.Elapsed < Patience; await Task.Delay(50))
        {
            if (await condition())
            {
                return;
            }
        }

        Assert.Fail($"What was waited for did not come within {Patience}.");
    }
}
