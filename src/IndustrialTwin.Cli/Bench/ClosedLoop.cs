using System.Diagnostics;

namespace IndustrialTwin.Bench;

/// <summary>Callers that each wait for their answer before they ask again.</summary>
/// <param name="CpuUs">Processor time of this process, a request, microseconds.</param>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="P95Ms">What 95 of 100 requests did not exceed, milliseconds.</param>
internal readonly record struct ClosedLoop(double CpuUs, double PerSecond, double P95Ms)
{
    private const int CallersLeast = 4, CallersMost = 1_024, RequestsLeast = 4_000, Rounds = 3;

    /// <summary>Runs so many requests.</summary>
    public static async Task<ClosedLoop> RunAsync(int callers, int requests, Func<Task> ask)
    {
        var each = requests / callers;
        var latencies = new double[each * callers];
        using var process = Process.GetCurrentProcess();
        var (cpu, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                var asked = Stopwatch.GetTimestamp();
                await ask();
                latencies[(caller * each) + i] = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        Array.Sort(latencies);
        return new ClosedLoop(
            (process.TotalProcessorTime - cpu).TotalMicroseconds / latencies.Length, latencies.Length / elapsed.TotalSeconds, Measure.Percentile(latencies, 0.95));
    }

    /// <summary>
    /// The most requests a second at which p95 keeps within its limit, over growing numbers of callers; both contenders take turns.
    /// </summary>
    public static async Task<(double First, double Second)> BestAsync(Func<Task> first, Func<Task> second, double p95MaxMs, CancellationToken cancellationToken)
    {
        var best = (First: 0.0, Second: 0.0);
        for (var callers = CallersLeast; callers <= CallersMost; callers *= 2)
        {
            var (firsts, seconds) = (new List<ClosedLoop>(), new List<ClosedLoop>());
            for (var round = 0; round < Rounds; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                firsts.Add(await RunAsync(callers, Math.Max(RequestsLeast, 8 * callers), first));
                seconds.Add(await RunAsync(callers, Math.Max(RequestsLeast, 8 * callers), second));
            }

            best = (Math.Max(best.First, InTime(firsts, p95MaxMs)), Math.Max(best.Second, InTime(seconds, p95MaxMs)));
        }

        return best;
    }

    private static double InTime(List<ClosedLoop> loops, double p95MaxMs) =>
        Measure.Median(loops.Select(loop => loop.P95Ms)) <= p95MaxMs ? Measure.Median(loops.Select(loop => loop.PerSecond)) : 0;
}
