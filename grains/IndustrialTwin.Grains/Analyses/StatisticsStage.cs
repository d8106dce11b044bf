using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>Statistics of windows.</summary>
internal sealed class StatisticsStage(WindowStatisticsAnalysis declaration, double rateHz, AnalysisState? stored)
    : WindowStage(declaration, declaration.WindowRows, declaration.StrideRows, rateHz, stored)
{
    /// <inheritdoc/>
    protected override ComputeRequest RequestFor(float[] windows) => new WindowStatisticsRequest(windows, declaration.WindowRows);

    /// <inheritdoc/>
    protected override ComputeRequest? RequestFor(WindowSeries windows) => new SlidingStatisticsRequest(
        windows.Series, windows.End, windows.Samples, declaration.WindowRows, declaration.StrideRows, windows.Windows);

    /// <inheritdoc/>
    protected override double[] ValuesOf(ComputeReply reply, int windows)
    {
        var all = Enum.GetValues<Statistic>().Length;
        var wanted = declaration.Statistics;
        var values = new double[windows * wanted.Length];
        for (var window = 0; window < windows; window++)
        {
            for (var i = 0; i < wanted.Length; i++)
            {
                values[(window * wanted.Length) + i] = reply.Values[(window * all) + (int)wanted[i]];
            }
        }

        return values;
    }
}
