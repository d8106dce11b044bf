using System.Numerics;
using System.Runtime.Intrinsics;
using IndustrialTwin.Operations.Matrices;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>Forward and backward passes of a batch of rows as matrix products. Holds the batch's values; for one thread.</summary>
internal sealed unsafe class DenseLayers
{
    private readonly bool _isSimd;
    private readonly PackedProduct? _packed;
    private readonly float[][] _values = [[], [], [], [], []];
    private float[] _delta = [];
    private float[] _before = [];

    public DenseLayers(NativeCode code)
    {
        _isSimd = code == NativeCode.Simd;
        _packed = _isSimd && Vector256.IsHardwareAccelerated ? new() : null;
    }

    /// <summary>Room for the rows that go in.</summary>
    public Span<float> Input(AutoencoderShape shape, int rows)
    {
        for (var layer = 0; layer < _values.Length; layer++)
        {
            if (_values[layer].Length < rows * shape.Units(layer))
                _values[layer] = new float[rows * shape.Units(layer)];
        }

        return _values[0].AsSpan(0, rows * shape.Channels);
    }

    /// <summary>Reconstructs the rows.</summary>
    public void Forward(AutoencoderShape shape, float[] parameters, int rows)
    {
        for (var layer = 0; layer < AutoencoderShape.Layers; layer++)
        {
            var (inputs, outputs, offset) = (shape.Units(layer), shape.Units(layer + 1), shape.Offset(layer));
            var to = _values[layer + 1];
            for (var r = 0; r < rows; r++)
                parameters.AsSpan(offset + (inputs * outputs), outputs).CopyTo(to.AsSpan(r * outputs));
            fixed (float* x = _values[layer], w = &parameters[offset], y = to)
                Add(y, MatrixView.Of(x, rows, inputs, false), MatrixView.Of(w, inputs, outputs, false), rows, inputs, outputs);
            if (layer < AutoencoderShape.Layers - 1)
                Softsign(to.AsSpan(0, rows * outputs));
        }
    }

    /// <summary>Mean squared error of one row.</summary>
    public float Error(AutoencoderShape shape, int row)
    {
        var x = _values[0].AsSpan(row * shape.Channels, shape.Channels);
        var y = _values[^1].AsSpan(row * shape.Channels, shape.Channels);
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += ((double)y[i] - x[i]) * ((double)y[i] - x[i]);
        return (float)(sum / x.Length);
    }

    /// <summary>Gradient of the mean squared error of the batch.</summary>
    public void Backward(AutoencoderShape shape, float[] parameters, int rows, Span<float> gradient)
    {
        var widest = rows * Math.Max(shape.Channels, Math.Max(shape.Hidden, shape.Code));
        if (_delta.Length < widest)
            (_delta, _before) = (new float[widest], new float[widest]);
        var scale = 2f / ((float)rows * shape.Channels);
        for (var i = 0; i < rows * shape.Channels; i++)
            _delta[i] = scale * (_values[^1][i] - _values[0][i]);
        gradient.Clear();
        for (var layer = AutoencoderShape.Layers - 1; layer >= 0; layer--)
        {
            var (inputs, outputs, offset) = (shape.Units(layer), shape.Units(layer + 1), shape.Offset(layer));
            var biases = gradient.Slice(offset + (inputs * outputs), outputs);
            for (var r = 0; r < rows; r++)
            {
                for (var o = 0; o < outputs; o++)
                    biases[o] += _delta[(r * outputs) + o];
            }

            fixed (float* x = _values[layer], d = _delta, g = &gradient[offset], w = &parameters[offset], b = _before)
            {
                var delta = MatrixView.Of(d, rows, outputs, false);
                Add(g, MatrixView.Of(x, inputs, rows, true), delta, inputs, rows, outputs);
                if (layer > 0)
                {
                    _before.AsSpan(0, rows * inputs).Clear();
                    Add(b, delta, MatrixView.Of(w, outputs, inputs, true), rows, outputs, inputs);
                }
            }

            for (var i = 0; i < rows * inputs && layer > 0; i++)
            {
                var slope = 1 - Math.Abs(_values[layer][i]);
                _before[i] *= slope * slope;
            }

            (_delta, _before) = (_before, _delta);
        }
    }

    private void Add(float* c, MatrixView a, MatrixView b, int rows, int inner, int columns)
    {
        if (_packed is not null)
            _packed.Run(c, isNew: false, a, b, rows, inner, columns, alpha: 1);
        else
            PlainProduct.AddTo(c, a, b, rows, inner, columns, alpha: 1);
    }

    private void Softsign(Span<float> values)
    {
        var i = 0;
        if (_isSimd)
        {
            for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
            {
                var x = new Vector<float>(values[i..]);
                (x / (Vector<float>.One + Vector.Abs(x))).CopyTo(values[i..]);
            }
        }

        for (; i < values.Length; i++)
            values[i] /= 1 + Math.Abs(values[i]);
    }
}
