using System.Numerics;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>A step is gather, forward, backward, and Adam over the parameters in registers. The batch's values are shared by the runs.</summary>
internal sealed class AutoencoderTrainNative(NativeCode code) : SlicedForm<AutoencoderTrainInput, AutoencoderTrainResult>
{
    private readonly bool _isSimd = code == NativeCode.Simd;
    private readonly DenseLayers _layers = new(code);
    private float[] _gradient = [];

    public override SlicedRun<AutoencoderTrainResult> Begin(AutoencoderTrainInput input) => new Run(this, input);

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

    private sealed class Run(AutoencoderTrainNative form, AutoencoderTrainInput input) : SlicedRun<AutoencoderTrainResult>
    {
        private readonly float[] _parameters = [.. input.State.Model.Parameters];
        private readonly float[] _first = [.. input.State.FirstMoments];
        private readonly float[] _second = [.. input.State.SecondMoments];
        private long _step = input.State.Step;
        private double _loss;

        public override AutoencoderTrainResult Result => new(
            new TrainingState(new AutoencoderModel(input.State.Model.Shape, _parameters), _first, _second, _step),
            _loss / ((double)input.Steps * input.BatchRows));

        public override bool Step()
        {
            _step++;
            var (shape, layers) = (input.State.Model.Shape, form._layers);
            var batch = layers.Input(shape, input.BatchRows);
            for (var place = 0; place < input.BatchRows; place++)
            {
                var row = AutoencoderTrain.RowOf(input.Rows.Count, place, (uint)_step, (uint)input.Seed, (uint)(input.Seed >> 32));
                input.Rows.Window(row).CopyTo(batch[(place * shape.Channels)..]);
            }

            layers.Forward(shape, _parameters, input.BatchRows);
            for (var place = 0; place < input.BatchRows; place++)
                _loss += layers.Error(shape, place);
            if (form._gradient.Length < _parameters.Length)
                form._gradient = new float[_parameters.Length];
            var gradient = form._gradient.AsSpan(0, _parameters.Length);
            layers.Backward(shape, _parameters, input.BatchRows, gradient);
            form.Adam(_parameters, gradient, _first, _second, (float)AutoencoderTrain.Rate(input.LearningRate, _step));
            return _step == input.State.Step + input.Steps;
        }
    }
}
