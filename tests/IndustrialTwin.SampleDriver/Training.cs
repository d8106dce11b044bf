using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>autoencoder-train</c>: Adam on the mean squared error, with the gradient by hand.</summary>
internal static class Training
{
    private const int ExtentMax = 1_024;
    private const int Layers = 4;
    private const double Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;

    public static LaunchResult Run(Inputs inputs, CancellationToken cancellationToken)
    {
        var (rows, extents) = inputs.Float32("rows", 3);
        var (hidden, code) = ((int)inputs.Int64("hidden", 1, ExtentMax), (int)inputs.Int64("code", 1, ExtentMax));
        var done = inputs.Int64("step", 0, long.MaxValue - extents[0]);
        var (parameters, first, second) = (Doubles(inputs, "parameters"), Doubles(inputs, "first-moments"), Doubles(inputs, "second-moments"));
        var learningRate = inputs.Float64("learning-rate");
        inputs.End();
        var (steps, batch, channels) = (extents[0], extents[1], extents[2]);
        inputs.Expect(steps > 0 && batch is > 0 and <= ExtentMax && channels is > 0 and <= ExtentMax, $"rows is {steps} × {batch} × {channels}");
        inputs.Expect(learningRate > 0 && double.IsFinite(learningRate), $"learning-rate is {learningRate}; expected above 0");
        int[] units = [channels, hidden, code, hidden, channels];
        var expected = Enumerable.Range(0, Layers).Sum(layer => (units[layer] + 1) * units[layer + 1]);
        inputs.Expect(parameters.Length == expected && first.Length == expected && second.Length == expected, $"there are {parameters.Length} parameters, {first.Length} and {second.Length} moments; expected {expected}");
        inputs.Expect(second.All(moment => moment >= 0), "a second moment is below 0");
        var loss = 0.0;
        for (var step = 0; step < steps; step++)
        {
            var gradient = new double[expected];
            for (var b = 0; b < batch; b++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var row = Array.ConvertAll(rows[(((step * batch) + b) * channels)..(((step * batch) + b + 1) * channels)], x => (double)x);
                loss += Learn(units, parameters, row, gradient, 2.0 / (batch * (double)channels)) / (steps * (double)batch);
            }

            var n = done + step + 1;
            var rate = learningRate * Math.Sqrt(1 - Math.Pow(Beta2, n)) / (1 - Math.Pow(Beta1, n));
            for (var i = 0; i < expected; i++)
            {
                first[i] += (1 - Beta1) * (gradient[i] - first[i]);
                second[i] += (1 - Beta2) * ((gradient[i] * gradient[i]) - second[i]);
                parameters[i] -= rate * first[i] / (Math.Sqrt(second[i]) + Epsilon);
            }
        }

        return new LaunchResult
        {
            Outputs = { Floats("parameters", parameters), Floats("first-moments", first), Floats("second-moments", second), Inputs.Output("loss", loss) },
        };
    }

    /// <summary>Adds a row's gradient, and gives its mean squared error.</summary>
    private static double Learn(int[] units, double[] parameters, double[] row, double[] gradient, double scale)
    {
        var values = new double[Layers + 1][];
        var offsets = new int[Layers + 1];
        values[0] = row;
        for (var layer = 0; layer < Layers; layer++)
        {
            var (from, to) = (values[layer], values[layer + 1] = new double[units[layer + 1]]);
            for (var o = 0; o < to.Length; o++)
            {
                var sum = parameters[offsets[layer] + (from.Length * to.Length) + o];
                for (var i = 0; i < from.Length; i++)
                    sum += from[i] * parameters[offsets[layer] + (i * to.Length) + o];
                to[o] = layer == Layers - 1 ? sum : sum / (1 + Math.Abs(sum));
            }

            offsets[layer + 1] = offsets[layer] + ((from.Length + 1) * to.Length);
        }

        var slopes = values[^1].Zip(row, (y, x) => scale * (y - x)).ToArray();
        for (var layer = Layers - 1; layer >= 0; layer--)
        {
            var (from, outputs) = (values[layer], slopes.Length);
            var before = new double[from.Length];
            for (var o = 0; o < outputs; o++)
            {
                gradient[offsets[layer] + (from.Length * outputs) + o] += slopes[o];
                for (var i = 0; i < from.Length; i++)
                {
                    gradient[offsets[layer] + (i * outputs) + o] += from[i] * slopes[o];
                    before[i] += parameters[offsets[layer] + (i * outputs) + o] * slopes[o];
                }
            }

            // y = x / (1 + |x|) has the slope (1 - |y|)².
            slopes = layer == 0 ? before : [.. before.Zip(from, (slope, y) => slope * (1 - Math.Abs(y)) * (1 - Math.Abs(y)))];
        }

        return values[^1].Zip(row, (y, x) => (y - x) * (y - x)).Average();
    }

    private static double[] Doubles(Inputs inputs, string name) => Array.ConvertAll(inputs.Float32(name, 1).Values, x => (double)x);

    private static NamedArray Floats(string name, double[] values) => Inputs.Output(name, Array.ConvertAll(values, x => (float)x), values.Length);
}
