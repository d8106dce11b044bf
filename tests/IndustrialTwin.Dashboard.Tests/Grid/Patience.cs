using System.Diagnostics;

namespace IndustrialTwin.Grid;

/// <summary>Waits for what must come true.</summary>
internal static class Patience
{
    public static async Task UntilAsync(Func<bool> isTrue, string what)
    {
        var passed = Stopwatch.StartNew();
        while (!isTrue())
        {
            Xunit.Assert.True(passed.Elapsed < TimeSpan.FromSeconds(30), $"Waited in vain: {what}");
            await Task.Delay(20);
        }
    }
}
