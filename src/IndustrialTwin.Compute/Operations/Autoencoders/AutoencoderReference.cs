namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>Forward and backward in double, one row after the other.</summary>
internal static class AutoencoderReference
{
    public static float[] Score(AutoencoderScoreInput input)
    {
        var parameters = Array.ConvertAll(input.Model.Parameters, x => (double)x);
        var scores = new float[input.Rows.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            var row = Array.ConvertAll(input.Rows.Window(i).ToArray(), x => (double)x);
            scores[i] = (float)Error(row, Forward(input.Model.Shape, parameters, row)[^1]);
        }

        return scores;
    }

    public static AutoencoderTrainResult Train(AutoencoderTrainInput input)
    {
        var shape = input.State.Model.Shape;
        var parameters = Array.ConvertAll(input.State.Model.Parameters, x => (double)x);
        var first = Array.ConvertAll(input.State.FirstMoments, x => (double)x);
        var second = Array.ConvertAll(input.State.SecondMoments, x => (double)x);
        var (step, loss) = (input.State.Step, 0.0);
        for (var slice = 0; slice < input.Steps; slice++)
        {
            step++;
            var gradient = new double[parameters.Length];
            for (var place = 0; place < input.BatchRows; place++)
            {
                var which = AutoencoderTrain.RowOf(input.Rows.Count, place, (uint)step, (uint)input.Seed, (uint)(input.Seed >> 32));
                var row = Array.ConvertAll(input.Rows.Window(which).ToArray(), x => (double)x);
                var values = Forward(shape, parameters, row);
                loss += Error(row, values[^1]) / (input.Steps * (double)input.BatchRows);
                Backward(shape, parameters, row, values, gradient, 2.0 / (input.BatchRows * (double)row.Length));
            }

            var rate = AutoencoderTrain.Rate(input.LearningRate, step);
            for (var i = 0; i < parameters.Length; i++)
            {
                first[i] += (1 - (double)AutoencoderTrain.Beta1) * (gradient[i] - first[i]);
                second[i] += (1 - (double)AutoencoderTrain.Beta2) * ((gradient[i] * gradient[i]) - second[i]);
                parameters[i] -= rate * first[i] / (Math.Sqrt(second[i]) + AutoencoderTrain.Epsilon);
            }
        }

        var model = new AutoencoderModel(shape, Array.ConvertAll(parameters, x => (float)x));
        return new AutoencoderTrainResult(
            new TrainingState(model, Array.ConvertAll(first, x => (float)x), Array.ConvertAll(second, x => (float)x), step), loss);
    }

    private static double[][] Forward(AutoencoderShape shape, double[] parameters, double[] row)
    {
        var values = new double[AutoencoderShape.Layers + 1][];
        values[0] = row;
        for (var layer = 0; layer < AutoencoderShape.Layers; layer++)
        {
            var (inputs, outputs, offset) = (shape.Units(layer), shape.Units(layer + 1), shape.Offset(layer));
            values[layer + 1] = new double[outputs];
            for (var o = 0; o < outputs; o++)
            {
                var sum = parameters[offset + (inputs * outputs) + o];
                for (var i = 0; i < inputs; i++)
                    sum += values[layer][i] * parameters[offset + (i * outputs) + o];
                values[layer + 1][o] = layer == AutoencoderShape.Layers - 1 ? sum : sum / (1 + Math.Abs(sum));
            }
        }

        return values;
    }

    private static void Backward(
        AutoencoderShape shape, double[] parameters, double[] row, double[][] values, double[] gradient, double scale)
    {
        var delta = values[^1].Zip(row, (y, x) => scale * (y - x)).ToArray();
        for (var layer = AutoencoderShape.Layers - 1; layer >= 0; layer--)
        {
            var (inputs, outputs, offset) = (shape.Units(layer), shape.Units(layer + 1), shape.Offset(layer));
            var before = new double[inputs];
            for (var o = 0; o < outputs; o++)
            {
                gradient[offset + (inputs * outputs) + o] += delta[o];
                for (var i = 0; i < inputs; i++)
                {
                    gradient[offset + (i * outputs) + o] += values[layer][i] * delta[o];
                    before[i] += parameters[offset + (i * outputs) + o] * delta[o];
                }
            }

            // The derivative of y = x / (1 + |x|) is (1 - |y|)².
            for (var i = 0; i < inputs && layer > 0; i++)
                before[i] *= (1 - Math.Abs(values[layer][i])) * (1 - Math.Abs(values[layer][i]));
            delta = before;
        }
    }

    private static double Error(double[] row, double[] reconstruction) =>
        row.Zip(reconstruction, (x, y) => (y - x) * (y - x)).Average();
}
