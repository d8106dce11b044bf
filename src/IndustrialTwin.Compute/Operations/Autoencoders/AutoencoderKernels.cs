using ILGPU;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>Layers of a batch, one thread a value. Weights and biases lie in one block; a layer starts at its offset.</summary>
internal static class AutoencoderKernels
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        KernelGroups.Indexed(typeof(AutoencoderKernels), nameof(Gather)),
        KernelGroups.Indexed(typeof(AutoencoderKernels), nameof(Forward)),
        KernelGroups.Indexed(typeof(AutoencoderKernels), nameof(Error)),
        KernelGroups.Indexed(typeof(AutoencoderKernels), nameof(Start)),
        KernelGroups.Indexed(typeof(AutoencoderKernels), nameof(Backward)),
        KernelGroups.Indexed(typeof(AutoencoderKernels), nameof(Update)),
    ];

    /// <summary>Draws a step's rows.</summary>
    public static void Gather(Index1D index, ArrayView<float> rows, ArrayView<float> batch, int count, int channels, uint step, uint seedLow, uint seedHigh)
    {
        var place = index.X / channels;
        var row = AutoencoderTrain.RowOf(count, place, step, seedLow, seedHigh);
        batch[index] = rows[((long)row * channels) + index.X - (place * channels)];
    }

    /// <summary>One value of a layer.</summary>
    public static void Forward(Index1D index, ArrayView<float> x, ArrayView<float> parameters, ArrayView<float> y, Layer layer)
    {
        var row = index.X / layer.Outputs;
        var o = index.X - (row * layer.Outputs);
        var sum = 0f;
        for (var i = 0; i < layer.Inputs; i++)
            sum += x[(row * layer.Inputs) + i] * parameters[layer.Offset + (i * layer.Outputs) + o];
        sum += parameters[layer.Offset + (layer.Inputs * layer.Outputs) + o];
        y[index] = layer.IsLast != 0 ? sum : sum / (1 + IntrinsicMath.Abs(sum));
    }

    /// <summary>Adds a row's mean squared error to what its place has gathered.</summary>
    public static void Error(Index1D row, ArrayView<float> x, ArrayView<float> y, ArrayView<float> errors, int channels)
    {
        var sum = 0f;
        for (var i = 0; i < channels; i++)
        {
            var d = y[(row * channels) + i] - x[(row * channels) + i];
            sum += d * d;
        }

        errors[row] += sum / channels;
    }

    /// <summary>Derivative of the error by the reconstruction.</summary>
    public static void Start(Index1D index, ArrayView<float> x, ArrayView<float> y, ArrayView<float> delta, float scale) =>
        delta[index] = scale * (y[index] - x[index]);

    /// <summary>From a layer's deltas to those of the layer before.</summary>
    public static void Backward(
        Index1D index, ArrayView<float> x, ArrayView<float> parameters, ArrayView<float> delta, ArrayView<float> before, Layer layer)
    {
        var row = index.X / layer.Inputs;
        var i = index.X - (row * layer.Inputs);
        var sum = 0f;
        for (var o = 0; o < layer.Outputs; o++)
            sum += delta[(row * layer.Outputs) + o] * parameters[layer.Offset + (i * layer.Outputs) + o];
        var slope = 1 - IntrinsicMath.Abs(x[index]);
        before[index] = sum * slope * slope;
    }

    /// <summary>Gradient of one parameter over the batch, and Adam's step for it.</summary>
    public static void Update(
        Index1D index,
        ArrayView<float> x,
        ArrayView<float> delta,
        ArrayView<float> parameters,
        ArrayView<float> first,
        ArrayView<float> second,
        Layer layer,
        int rows,
        float rate)
    {
        var i = index.X / layer.Outputs;
        var o = index.X - (i * layer.Outputs);
        var g = 0f;
        for (var row = 0; row < rows; row++)
            g += (i < layer.Inputs ? x[(row * layer.Inputs) + (i < layer.Inputs ? i : 0)] : 1f) * delta[(row * layer.Outputs) + o];
        var at = layer.Offset + index.X;
        var m = first[at] + ((g - first[at]) * (1 - AutoencoderTrain.Beta1));
        var v = second[at] + (((g * g) - second[at]) * (1 - AutoencoderTrain.Beta2));
        first[at] = m;
        second[at] = v;
        parameters[at] -= m * rate / (MathF.Sqrt(v) + AutoencoderTrain.Epsilon);
    }

    internal readonly struct Layer(AutoencoderShape shape, int layer)
    {
        public readonly int Inputs = shape.Units(layer);
        public readonly int Outputs = shape.Units(layer + 1);
        public readonly int Offset = shape.Offset(layer);
        public readonly int IsLast = layer == AutoencoderShape.Layers - 1 ? 1 : 0;
    }
}
