using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>Forward passes on an accelerator; training adds the way back.</summary>
internal sealed class DenseLayersIlgpu : IDisposable
{
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, AutoencoderKernels.Layer> _forward;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int> _error;
    private readonly IlgpuBuffer<float>[] _values;

    public DenseLayersIlgpu(Accelerator accelerator)
    {
        _forward = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, AutoencoderKernels.Layer>(AutoencoderKernels.Forward);
        _error = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int>(AutoencoderKernels.Error);
        _values = [new(accelerator), new(accelerator), new(accelerator), new(accelerator), new(accelerator)];
    }

    /// <summary>Values before a layer, or the reconstruction.</summary>
    public IlgpuBuffer<float> Values(int layer) => _values[layer];

    /// <summary>Reconstructs the rows that lie in the first values, and adds each one's error to what its place has gathered.</summary>
    public void Forward(AutoencoderShape shape, ArrayView<float> parameters, ArrayView<float> errors, int rows)
    {
        for (var layer = 0; layer < AutoencoderShape.Layers; layer++)
        {
            var outputs = rows * shape.Units(layer + 1);
            _forward(
                outputs,
                _values[layer].Take(rows * shape.Units(layer)),
                parameters,
                _values[layer + 1].Take(outputs),
                new AutoencoderKernels.Layer(shape, layer));
        }

        var all = rows * shape.Channels;
        _error(rows, _values[0].Take(all), _values[^1].Take(all), errors, shape.Channels);
    }

    public void Dispose()
    {
        foreach (var values in _values)
            values.Dispose();
    }
}
