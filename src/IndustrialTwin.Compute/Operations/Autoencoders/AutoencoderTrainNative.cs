using System.Numerics;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>Gather, forward, backward, and Adam over the parameters in registers.</summary>
internal sealed class AutoencoderTrainNative(NativeCode code) : OperationForm<AutoencoderTrainInput, AutoencoderTrainResult>
{
    private readonly bool _isSimd = code == NativeCode.Simd;
    private readonly DenseLayers _layers = new(code);
    private float[] _gradient = [];

    public override void Launch(ReadOnlySpan<AutoencoderTrainInput> inputs, Span<AutoencoderTrainResult> results)
    {
        for (var job = 0; job < inputs.Length; job++)
            results[job] = Train(inputs[job]);
    }

    private AutoencoderTrainResult Train(AutoencoderTrainInput input)
    {
        var shape = input.State.Model.Shape;
        float[] parameters = [.. input.State.Model.Parameters], first = [.. input.State.FirstMoments], second = [.. input.State.SecondMoments];
        if (_gradient.Length < parameters.Length)
            _gradient = new float[parameters.Length];
        var gradient = _gradient.AsSpan(0, parameters.Length);
        var (step, loss) = (input.State.Step, 0.0);
        for (var slice = 0; slice < input.Steps; slice++)
        {
            step++;
            var batch = _layers.Input(shape, input.BatchRows);
            for (var place = 0; place < input.BatchRows; place++)
            {
                var row = AutoencoderTrain.RowOf(input.Rows.Count, place, (uint)step, (uint)input.Seed, (uint)(input.Seed >> 32));
                input.Rows.Window(row).CopyTo(batch[(place * shape.Channels)..]);
            }

            _layers.Forward(shape, parameters, input.BatchRows);
            for (var place = 0; place < input.BatchRows; place++)
                loss += _layers.Error(shape, place);
            _layers.Backward(shape, parameters, input.BatchRows, gradient);
            Adam(parameters, gradient, first, second, (float)AutoencoderTrain.Rate(input.LearningRate, step));
        }

        return new AutoencoderTrainResult(
            new TrainingState(new AutoencoderModel(shape, parameters), first, second, step), loss / ((double)input.Steps * input.BatchRows));
    }

    private void Adam(Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, float rate)
    {
        const float Share1 = 1 - AutoencoderTrain.Beta1;
        const float Share2 = 1 - AutoencoderTrain.Beta2;
        var i = 0;
        if (_isSimd)
        {
            var epsilon = new Vector<float>(AutoencoderTrain.Epsilon);
            for (; i + Vector<float>.Count <= parameters.Length; i += Vector<float>.Count)
            {
                var g = new Vector<float>(gradient[i..]);
                var m = new Vector<float>(first[i..]);
                var v = new Vector<float>(second[i..]);
                m += (g - m) * Share1;
                v += ((g * g) - v) * Share2;
                m.CopyTo(first[i..]);
                v.CopyTo(second[i..]);
                (new Vector<float>(parameters[i..]) - (m * rate / (Vector.SquareRoot(v) + epsilon))).CopyTo(parameters[i..]);
            }
        }

        for (; i < parameters.Length; i++)
        {
            first[i] += (gradient[i] - first[i]) * Share1;
            second[i] += ((gradient[i] * gradient[i]) - second[i]) * Share2;
            parameters[i] -= first[i] * rate / (MathF.Sqrt(second[i]) + AutoencoderTrain.Epsilon);
        }
    }
}
