using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>A run stays on the device from its first step to its last; rows go up and the state comes back once.</summary>
internal sealed class AutoencoderTrainIlgpu : SlicedForm<AutoencoderTrainInput, AutoencoderTrainResult>
{
    private readonly DenseLayersIlgpu _layers;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, int, int, uint, uint, uint> _gather;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, float> _start;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AutoencoderKernels.Layer> _backward;
    private readonly Action<
        Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AutoencoderKernels.Layer, int, float> _update;
    private readonly Accelerator _accelerator;
    private IlgpuBuffer<float> _delta;
    private IlgpuBuffer<float> _before;

    public AutoencoderTrainIlgpu(Accelerator accelerator)
    {
        _accelerator = accelerator;
        _layers = new(accelerator);
        _gather = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, int, int, uint, uint, uint>(AutoencoderKernels.Gather);
        _start = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, float>(AutoencoderKernels.Start);
        _backward = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AutoencoderKernels.Layer>(AutoencoderKernels.Backward);
        _update = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AutoencoderKernels.Layer, int, float>(
            AutoencoderKernels.Update);
        (_delta, _before) = (new(accelerator), new(accelerator));
    }

    public override SlicedRun<AutoencoderTrainResult> Begin(AutoencoderTrainInput input) => new Run(this, input);

    protected override void Dispose(bool disposing)
    {
        _layers.Dispose();
        _delta.Dispose();
        _before.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Run : SlicedRun<AutoencoderTrainResult>
    {
        private readonly AutoencoderTrainIlgpu _form;
        private readonly AutoencoderTrainInput _input;
        private readonly IlgpuBuffer<float> _rows;
        private readonly IlgpuBuffer<float> _parameters;
        private readonly IlgpuBuffer<float> _first;
        private readonly IlgpuBuffer<float> _second;
        private readonly IlgpuBuffer<float> _errors;
        private long _step;

        public Run(AutoencoderTrainIlgpu form, AutoencoderTrainInput input)
        {
            (_form, _input, _step) = (form, input, input.State.Step);
            var accelerator = form._accelerator;
            (_rows, _parameters, _errors) = (new(accelerator), new(accelerator), new(accelerator));
            (_first, _second) = (new(accelerator), new(accelerator));
            _rows.Upload(input.Rows.Samples.Span);
            _parameters.Upload(input.State.Model.Parameters);
            _first.Upload(input.State.FirstMoments);
            _second.Upload(input.State.SecondMoments);
            _errors.Upload(new float[input.BatchRows]);
        }

        public override AutoencoderTrainResult Result
        {
            get
            {
                var state = _input.State;
                var trained = new TrainingState(
                    new AutoencoderModel(state.Model.Shape, new float[state.Model.Parameters.Length]),
                    new float[state.FirstMoments.Length],
                    new float[state.SecondMoments.Length],
                    _step);
                _parameters.Download(trained.Model.Parameters);
                _first.Download(trained.FirstMoments);
                _second.Download(trained.SecondMoments);
                var errors = new float[_input.BatchRows];
                _errors.Download(errors);
                return new AutoencoderTrainResult(trained, errors.Sum(x => (double)x) / ((double)_input.Steps * _input.BatchRows));
            }
        }

        public override bool Step()
        {
            _step++;
            var (shape, count) = (_input.State.Model.Shape, _input.BatchRows);
            var values = count * shape.Channels;
            var total = _input.State.Model.Parameters.Length;
            var (layers, parameters) = (_form._layers, _parameters.Take(total));
            var batch = layers.Values(0).Take(values);
            _form._gather(
                values,
                _rows.Take(_input.Rows.Samples.Length),
                batch,
                _input.Rows.Count,
                shape.Channels,
                (uint)_step,
                (uint)_input.Seed,
                (uint)(_input.Seed >> 32));
            layers.Forward(shape, parameters, _errors.Take(count), count);
            var reconstruction = layers.Values(AutoencoderShape.Layers).Take(values);
            _form._start(values, batch, reconstruction, _form._delta.Take(values), 2f / ((float)count * shape.Channels));
            var rate = (float)AutoencoderTrain.Rate(_input.LearningRate, _step);
            for (var i = AutoencoderShape.Layers - 1; i >= 0; i--)
            {
                var layer = new AutoencoderKernels.Layer(shape, i);
                var x = layers.Values(i).Take(count * layer.Inputs);
                var delta = _form._delta.Take(count * layer.Outputs);
                // The way back uses the weights as they were on the way forward, so it comes before their update.
                if (i > 0)
                    _form._backward(count * layer.Inputs, x, parameters, delta, _form._before.Take(count * layer.Inputs), layer);
                _form._update((layer.Inputs + 1) * layer.Outputs, x, delta, parameters, _first.Take(total), _second.Take(total), layer, count, rate);
                (_form._delta, _form._before) = (_form._before, _form._delta);
            }

            // What is only queued would make the next urgent job wait for more than this step.
            _form._accelerator.DefaultStream.Synchronize();
            return _step == _input.State.Step + _input.Steps;
        }

        protected override void Dispose(bool disposing)
        {
            _rows.Dispose();
            _parameters.Dispose();
            _first.Dispose();
            _second.Dispose();
            _errors.Dispose();
            base.Dispose(disposing);
        }
    }
}
