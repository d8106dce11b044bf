using System.Numerics;
using System.Runtime.InteropServices;

namespace IndustrialTwin.Operations.Hotelling;

/// <summary>Two passes over the rows; lanes are channels, padded to whole registers.</summary>
internal sealed class HotellingFitNative(NativeCode code) : OperationForm<HotellingFitInput, HotellingModel>
{
    private readonly int _lanes = code == NativeCode.Simd ? Vector<double>.Count : 1;
    private double[] _deviations = [];
    private double[] _products = [];

    public override void Launch(ReadOnlySpan<HotellingFitInput> inputs, Span<HotellingModel> results)
    {
        for (var job = 0; job < inputs.Length; job++)
            results[job] = Fit(inputs[job]);
    }

    private HotellingModel Fit(HotellingFitInput input)
    {
        var (m, n) = (input.Rows.Channels, input.Rows.Rows);
        var width = (m + _lanes - 1) / _lanes * _lanes;
        if (_products.Length < m * width)
            (_products, _deviations) = (new double[m * width], new double[width]);
        var mean = new double[m];
        for (var r = 0; r < n; r++)
        {
            var row = input.Rows.Row(r);
            for (var c = 0; c < m; c++)
                mean[c] += row[c];
        }

        for (var c = 0; c < m; c++)
            mean[c] /= n;

        var products = _products.AsSpan(0, m * width);
        var deviations = _deviations.AsSpan(0, width);
        products.Clear();
        deviations.Clear();
        for (var r = 0; r < n; r++)
        {
            var row = input.Rows.Row(r);
            for (var c = 0; c < m; c++)
                deviations[c] = row[c] - mean[c];
            for (var i = 0; i < m; i++)
                Add(deviations, deviations[i], products.Slice(i * width, width), i);
        }

        var packed = new double[m * m];
        for (var i = 0; i < m; i++)
            products.Slice(i * width, m).CopyTo(packed.AsSpan(i * m));
        return HotellingFit.Finish(input, mean, packed);
    }

    /// <summary>Adds factor × deviations to the sums from the diagonal on.</summary>
    private void Add(ReadOnlySpan<double> deviations, double factor, Span<double> sums, int diagonal)
    {
        if (_lanes > 1)
        {
            var from = diagonal / _lanes;
            var x = MemoryMarshal.Cast<double, Vector<double>>(deviations)[from..];
            var y = MemoryMarshal.Cast<double, Vector<double>>(sums)[from..];
            var by = new Vector<double>(factor);
            for (var k = 0; k < y.Length; k++)
                y[k] = Vector.MultiplyAddEstimate(by, x[k], y[k]);
            return;
        }

        for (var k = diagonal; k < sums.Length; k++)
            sums[k] += factor * deviations[k];
    }
}
