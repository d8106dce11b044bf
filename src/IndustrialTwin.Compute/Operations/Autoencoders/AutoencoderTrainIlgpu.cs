using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>A slice stays on the device from its first step to its last; rows go up and the state comes back once a slice.</summary>
internal sealed class AutoencoderTrainIlgpu : OperationForm<AutoencoderTrainInput, AutoencoderTrainResult>
{
    private readonly DenseLayersIlgpu _layers;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, int, int, uint, uint, uint> _gather;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, float> _start;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AutoencoderKernels.Layer> _backward;
    private readonly Action<
        Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AutoencoderKernels.Layer, int, float> _update;
    private readonly IlgpuBuffer<float> _rows;
    private readonly IlgpuBuffer<float> _parameters;
    private readonly IlgpuBuffer<float> _first;
    private readonly IlgpuBuffer<float> _second;
    private IlgpuBuffer<float> _delta;
    private IlgpuBuffer<float> _before;

    public AutoencoderTrainIlgpu(Accelerator accelerator)
    {
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
        (_rows, _parameters, _first, _second) = (new(accelerator), new(accelerator), new(accelerator), new(accelerator));
        (_delta, _before) = (new(accelerator), new(accelerator));
    }

    public override void Launch(ReadOnlySpan<AutoencoderTrainInput> inputs, Span<AutoencoderTrainResult> results)
    {
        for (var job = 0; job < inputs.Length; job++)
            results[job] = Train(inputs[job]);
    }

    protected override void Dispose(bool disposing)
    {
        _layers.Dispose();
        _rows.Dispose();
        _parameters.Dispose();
        _first.Dispose();
        _second.Dispose();
        _delta.Dispose();
        _before.Dispose();
        base.Dispose(disposing);
    }

    private AutoencoderTrainResult Train(AutoencoderTrainInput input)
    {
        var (state, shape, count) = (input.State, input.State.Model.Shape, input.BatchRows);
        var rows = _rows.Upload(input.Rows.Samples.Span);
        var parameters = _parameters.Upload(state.Model.Parameters);
        var first = _first.Upload(state.FirstMoments);
        var second = _second.Upload(state.SecondMoments);
        _layers.ClearErrors(count);
        var values = count * shape.Channels;
        var step = state.Step;
        for (var slice = 0; slice < input.Steps; slice++)
        {
            step++;
            var batch = _layers.Values(0).Take(values);
            _gather(values, rows, batch, input.Rows.Count, shape.Channels, (uint)step, (uint)input.Seed, (uint)(input.Seed >> 32));
            _layers.Forward(shape, parameters, count);
            _start(values, batch, _layers.Values(AutoencoderShape.Layers).Take(values), _delta.Take(values), 2f / ((float)count * shape.Channels));
            var rate = (float)AutoencoderTrain.Rate(input.LearningRate, step);
            for (var i = AutoencoderShape.Layers - 1; i >= 0; i--)
            {
                var layer = new AutoencoderKernels.Layer(shape, i);
                var x = _layers.Values(i).Take(count * layer.Inputs);
                var delta = _delta.Take(count * layer.Outputs);
                // The way back uses the weights as they were on the way forward, so it comes before their update.
                if (i > 0)
                    _backward(count * layer.Inputs, x, parameters, delta, _before.Take(count * layer.Inputs), layer);
                _update((layer.Inputs + 1) * layer.Outputs, x, delta, parameters, first, second, layer, count, rate);
                (_delta, _before) = (_before, _delta);
            }
        }

        var trained = new TrainingState(
            new AutoencoderModel(shape, new float[state.Model.Parameters.Length]), new float[first.Length], new float[second.Length], step);
        _parameters.Download(trained.Model.Parameters);
        _first.Download(trained.FirstMoments);
        _second.Download(trained.SecondMoments);
        return new AutoencoderTrainResult(trained, _layers.Errors(count).Sum(x => (double)x) / ((double)input.Steps * count));
    }
}
