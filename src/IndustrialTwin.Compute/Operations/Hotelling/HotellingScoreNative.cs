using System.Numerics;
using System.Runtime.InteropServices;

namespace IndustrialTwin.Operations.Hotelling;

/// <summary>C⁻¹z as a sum of the matrix's rows, each times one element of z; lanes are channels, padded to whole registers.</summary>
internal sealed class HotellingScoreNative(NativeCode code) : OperationForm<HotellingScoreInput, double[]>
{
    private readonly int _lanes = code == NativeCode.Simd ? Vector<double>.Count : 1;
    private double[] _matrix = [];
    private double[] _deviations = [];
    private double[] _product = [];

    public override void Launch(ReadOnlySpan<HotellingScoreInput> inputs, Span<double[]> results)
    {
        var m = inputs[0].Rows.Channels;
        var width = (m + _lanes - 1) / _lanes * _lanes;
        if (_deviations.Length != width || _matrix.Length != m * width)
            (_matrix, _deviations, _product) = (new double[m * width], new double[width], new double[width]);
        HotellingModel? model = null;
        for (var job = 0; job < inputs.Length; job++)
        {
            // Jobs that share a model come in runs; its padded copy is made once a run.
            if (!ReferenceEquals(model, inputs[job].Model))
            {
                model = inputs[job].Model;
                for (var i = 0; i < m; i++)
                    model.InverseCovariance.AsSpan(i * m, m).CopyTo(_matrix.AsSpan(i * width));
            }

            var scores = new double[inputs[job].Rows.Rows];
            for (var r = 0; r < scores.Length; r++)
                scores[r] = Score(inputs[job].Rows.Row(r), model, width);
            results[job] = scores;
        }
    }

    private double Score(ReadOnlySpan<double> row, HotellingModel model, int width)
    {
        for (var i = 0; i < row.Length; i++)
            _deviations[i] = (row[i] - model.Mean[i]) / model.Scale[i];
        if (_lanes > 1)
            return ScoreSimd(row.Length, width);
        var score = 0.0;
        for (var i = 0; i < row.Length; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < row.Length; j++)
                sum += _matrix[(i * width) + j] * _deviations[j];
            score += sum * _deviations[i];
        }

        return score;
    }

    private double ScoreSimd(int m, int width)
    {
        var z = MemoryMarshal.Cast<double, Vector<double>>(_deviations.AsSpan(0, width));
        var product = MemoryMarshal.Cast<double, Vector<double>>(_product.AsSpan(0, width));
        product.Clear();
        for (var i = 0; i < m; i++)
        {
            var factor = new Vector<double>(_deviations[i]);
            var row = MemoryMarshal.Cast<double, Vector<double>>(_matrix.AsSpan(i * width, width));
            for (var k = 0; k < row.Length; k++)
                product[k] = Vector.MultiplyAddEstimate(factor, row[k], product[k]);
        }

        var sum = Vector<double>.Zero;
        for (var k = 0; k < z.Length; k++)
            sum = Vector.MultiplyAddEstimate(product[k], z[k], sum);
        return Vector.Sum(sum);
    }
}
