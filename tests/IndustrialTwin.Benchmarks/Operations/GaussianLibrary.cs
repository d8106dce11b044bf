using IndustrialTwin.Operations.Gaussian;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>The windowed Gaussian with MathNet: moments once a step, as the benchmark's own detector takes them.</summary>
internal static class GaussianLibrary
{
    public static double Score(GaussianLikelihoodInput input)
    {
        var values = input.Values.ToArray();
        var kept = 0.0;
        for (var row = input.First; row < input.First + input.Count; row += input.StepRows)
        {
            var from = GaussianLikelihoodInput.FirstNeeded(row, input.WindowRows, input.StepRows) - input.Origin;
            var (mean, deviation) = new ArraySegment<double>(values, (int)from, input.WindowRows).MeanStandardDeviation();
            for (var i = row; i < Math.Min(row + input.StepRows, input.First + input.Count); i++)
                kept += Normal.CDF(0, 1, Math.Abs(values[i - input.Origin] - mean) / deviation);
        }

        return kept;
    }
}
