using System.Diagnostics;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Bench;

/// <summary>Makes contenders of kernels: each call answers the processor microseconds of this thread that a unit of work took.</summary>
internal static class KernelWork
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Launches of jobs.</summary>
    /// <param name="form">The kernel.</param>
    /// <param name="input">Gives the next job.</param>
    /// <param name="units">Units in a job.</param>
    /// <param name="repeats">Launches a call.</param>
    /// <param name="jobs">Jobs in a launch.</param>
    public static Func<double> Us<TInput, TResult>(OperationForm<TInput, TResult> form, Func<TInput> input, int units, int repeats, int jobs = 1)
    {
        var (inputs, results) = (new TInput[jobs], new TResult[jobs]);
        return Us(
            () =>
            {
                for (var job = 0; job < jobs; job++)
                {
                    inputs[job] = input();
                }

                form.Launch(inputs, results);
                return results[0]!.GetHashCode();
            },
            units * jobs,
            repeats);
    }

    /// <summary>Any work.</summary>
    public static Func<double> Us(Func<double> work, int units, int repeats)
    {
        var isWarm = false;
        return () =>
        {
            // Code is compiled well only after it has run for a while, and then on another thread.
            for (var begun = Stopwatch.GetTimestamp(); !isWarm && Stopwatch.GetElapsedTime(begun) < WarmUp;)
            {
                Sink.Keep(work());
            }

            isWarm = true;
            var start = ThreadTime.Us;
            for (var i = 0; i < repeats; i++)
            {
                Sink.Keep(work());
            }

            return (ThreadTime.Us - start) / ((double)units * repeats);
        };
    }

    /// <summary>A wave under noise, always the same.</summary>
    public static float[] Series(int length)
    {
        const int Distinct = 1 << 20;
        var random = new Random(1);
        var values = new float[length];
        for (var i = 0; i < Math.Min(length, Distinct); i++)
        {
            values[i] = (float)(Math.Sin(i * 0.37) + random.NextDouble());
        }

        for (var i = Distinct; i < length; i += Distinct)
        {
            values.AsSpan(0, Math.Min(Distinct, length - i)).CopyTo(values.AsSpan(i));
        }

        return values;
    }
}
