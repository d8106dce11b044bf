using System.Numerics;

namespace IndustrialTwin.Operations.Gaussian;

/// <summary>
/// One pass over the rows: the moments grow row by row until the window is full and then move on by whole steps, so a row costs the
/// same however long the window.
/// </summary>
internal sealed class GaussianLikelihoodNative(NativeCode code) : OperationForm<GaussianLikelihoodInput, double[]>
{
    private readonly bool _isSimd = code == NativeCode.Simd && Vector.IsHardwareAccelerated;

    public override void Launch(ReadOnlySpan<GaussianLikelihoodInput> inputs, Span<double[]> results)
    {
        for (var job = 0; job < inputs.Length; job++)
            results[job] = Score(inputs[job]);
    }

    private double[] Score(in GaussianLikelihoodInput input)
    {
        var scores = new double[input.Count];
        var end = input.First + input.Count;
        var row = ScoreGrowing(input, Math.Min(end, input.WindowRows + 1L), scores);
        if (row == end)
            return scores;

        var start = GaussianLikelihoodInput.FirstNeeded(row, input.WindowRows, input.StepRows);
        var moments = RunningMoments.Of(input.WindowOf(row), _isSimd);
        while (true)
        {
            var window = input.WindowOf(row);
            var (mean, variance) = Gaussian(moments, window[0], !window.ContainsAnyExcept(window[0]));
            var stepEnd = Math.Min(end, start + input.WindowRows + input.StepRows);
            for (; row < stepEnd; row++)
                scores[row - input.First] = GaussianLikelihood.Score(input.At(row), mean, variance);
            if (row == end)
                return scores;
            moments.Remove(RunningMoments.Of(Rows(input, start), _isSimd));
            moments.Add(RunningMoments.Of(Rows(input, start + input.WindowRows), _isSimd));
            start += input.StepRows;
        }
    }

    /// <summary>Scores the rows before <paramref name="end"/>, whose windows all begin at row 0; gives the row it stopped at.</summary>
    private long ScoreGrowing(in GaussianLikelihoodInput input, long end, double[] scores)
    {
        var row = input.First;
        if (row >= end)
            return row;
        var values = input.Values.Span;
        var before = values[..(int)(row - input.Origin)];
        var moments = RunningMoments.Of(before, _isSimd);
        var isConstant = before.Length == 0 || !before.ContainsAnyExcept(before[0]);
        for (; row < end; row++)
        {
            var x = input.At(row);
            if (row > 0)
            {
                var (mean, variance) = Gaussian(moments, values[0], isConstant);
                scores[row - input.First] = GaussianLikelihood.Score(x, mean, variance);
            }

            moments.Add(x);
            isConstant &= x == values[0];
        }

        return row;
    }

    private static (double Mean, double Variance) Gaussian(in RunningMoments moments, double first, bool isConstant) =>
        isConstant ? (first, 0) : (moments.Mean, moments.Variance);

    private static ReadOnlySpan<double> Rows(in GaussianLikelihoodInput input, long from) =>
        input.Values.Span.Slice((int)(from - input.Origin), input.StepRows);
}
