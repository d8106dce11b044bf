namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks for statistics of a window that rolls over series. The answer has four values a position, position by position and series by
/// series: mean, sample variance, least, greatest; in the signal's unit, the variance in its square. A series has rows - width + 1 positions.
/// </summary>
/// <param name="Series">Series of one length, one after the other, all finite.</param>
/// <param name="SeriesRows">Values in a series, 2 to 1,048,576.</param>
/// <param name="WidthRows">Values in the rolling window, 2 to <paramref name="SeriesRows"/>.</param>
[GenerateSerializer, Immutable, Alias("itwin.rolling-request")]
public sealed record RollingRequest(
    [property: Id(0)] float[] Series, [property: Id(1)] int SeriesRows, [property: Id(2)] int WidthRows) : ComputeRequest;

/// <summary>
/// Asks for exponentially weighted statistics of series. The answer has two values a sample, sample by sample and series by series: mean, in
/// the signal's unit, and variance, in its square; with a chart also a <see cref="ControlChartResult"/>.
/// </summary>
/// <param name="Series">Series of one length, one after the other, all finite.</param>
/// <param name="SeriesRows">Values in a series, 1 to 1,048,576.</param>
/// <param name="Smoothing">Weight λ of the newest sample, above 0 to 1.</param>
/// <param name="Chart">Limits of an EWMA control chart, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.exponential-request")]
public sealed record ExponentialRequest(
    [property: Id(0)] float[] Series,
    [property: Id(1)] int SeriesRows,
    [property: Id(2)] double Smoothing,
    [property: Id(3)] ControlChartTerms? Chart = null) : ComputeRequest;

/// <summary>What an EWMA control chart is held to.</summary>
/// <param name="Target">Mean of the process in control, and where the weighted mean starts, in the signal's unit.</param>
/// <param name="Deviation">Standard deviation of one sample in control, in the signal's unit, above 0.</param>
/// <param name="Width">Half width of the limits in standard deviations of the weighted mean, above 0; 2.7 to 3 is usual.</param>
[GenerateSerializer, Immutable, Alias("itwin.control-chart-terms")]
public sealed record ControlChartTerms([property: Id(0)] double Target, [property: Id(1)] double Deviation, [property: Id(2)] double Width = 3);

/// <summary>An EWMA control chart.</summary>
/// <param name="HalfWidths">Limits are target ± this, one a sample of a series, the same for all series; in the signal's unit.</param>
/// <param name="FirstOutside">For each series the first sample whose weighted mean is outside of the limits, or -1.</param>
[GenerateSerializer, Immutable, Alias("itwin.control-chart-result")]
public sealed record ControlChartResult([property: Id(0)] double[] HalfWidths, [property: Id(1)] int[] FirstOutside) : ComputeResult;
