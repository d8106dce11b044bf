namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// In: <c>samples</c> float32 [windows × length], <c>sample-rate-hz</c> float64, <c>bands-hz</c> float64 [bands × 2] of low and high edge,
/// <c>is-spectrum-included</c> int64, 0 or 1. Out: <c>band-energies</c> float32 [windows × bands], <c>spectra</c> float32 [windows × bins],
/// where bins is length / 2 + 1, or 0 where the spectrum is left out.
/// </summary>
internal sealed class PowerSpectrumWire : OperationWire<SpectrumInput, SpectrumResult>
{
    public static PowerSpectrumWire Instance { get; } = new();

    public override NamedArray[] Write(SpectrumInput input)
    {
        var layout = input.Layout;
        return
        [
            NamedArray.Of("samples", input.Windows.Samples.Span, input.Windows.Count, input.Windows.Length),
            NamedArray.Of("sample-rate-hz", layout.SampleRateHz),
            NamedArray.Of("bands-hz", Edges(layout), layout.Bands.Length, 2),
            NamedArray.Of("is-spectrum-included", layout.IsSpectrumIncluded ? 1L : 0L),
        ];
    }

    public override ArraySpec[] ResultsOf(SpectrumInput input) =>
    [
        new("band-energies", ArrayElement.Float32, input.Windows.Count, input.Layout.Bands.Length),
        new("spectra", ArrayElement.Float32, input.Windows.Count, input.Layout.IsSpectrumIncluded ? Bins(input) : 0),
    ];

    /// <summary>Low and high edge of each band, Hz.</summary>
    internal static double[] Edges(SpectrumLayout layout)
    {
        var edges = new double[2 * layout.Bands.Length];
        for (var i = 0; i < layout.Bands.Length; i++)
            (edges[2 * i], edges[(2 * i) + 1]) = (layout.Bands[i].LowHz, layout.Bands[i].HighHz);
        return edges;
    }

    protected override long InputBytesOf(SpectrumInput input) => (4L * input.Windows.Samples.Length) + (16L * (input.Layout.Bands.Length + 1));

    protected override SpectrumResult ReadChecked(SpectrumInput input, IReadOnlyList<NamedArray> results) =>
        new(results[0].ToFloat32(), results[1].ToFloat32(), Bins(input));

    private static int Bins(SpectrumInput input) => (input.Windows.Length / 2) + 1;
}
