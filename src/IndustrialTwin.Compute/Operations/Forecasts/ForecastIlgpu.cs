using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Forecasts;

/// <summary>One thread a window and step ahead. The jobs of a launch have one model, which stays on the device until another comes.</summary>
internal sealed class ForecastIlgpu : OperationForm<ForecastInput, float[]>
{
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, int> _kernel;
    private readonly IlgpuBuffer<float> _windows;
    private readonly IlgpuBuffer<float> _weights;
    private readonly IlgpuBuffer<float> _bias;
    private readonly IlgpuBuffer<float> _forecasts;
    private ForecastModel? _model;
    private WindowBatch[] _batches = [];
    private float[] _staged = [];

    public ForecastIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, int>(Predict);
        _windows = new(accelerator);
        _weights = new(accelerator);
        _bias = new(accelerator);
        _forecasts = new(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Indexed(typeof(ForecastIlgpu), nameof(Predict))];

    public override void Launch(ReadOnlySpan<ForecastInput> inputs, Span<float[]> results)
    {
        var model = inputs[0].Model;
        var (l, h) = (model.InputLength, model.Horizon);
        if (_batches.Length < inputs.Length)
            _batches = new WindowBatch[inputs.Length];
        for (var job = 0; job < inputs.Length; job++)
            _batches[job] = inputs[job].Windows;
        var windows = WindowStaging.Stage(_batches.AsSpan(0, inputs.Length), ref _staged);
        // Nothing of a caller's memory is kept past the launch.
        _batches.AsSpan().Clear();
        if (!ReferenceEquals(_model, model))
        {
            _weights.Upload(model.Weights);
            _bias.Upload(model.Bias);
            _model = model;
        }

        _kernel(
            windows * h,
            _windows.Upload(_staged.AsSpan(0, windows * l)),
            _weights.Take(l * h),
            _bias.Take(h),
            _forecasts.Take(windows * h),
            l,
            h,
            model.IsLastSubtracted ? 1 : 0);
        var forecasts = new float[windows * h];
        _forecasts.Download(forecasts);
        var at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            var to = at + (inputs[job].Windows.Count * h);
            results[job] = forecasts[at..to];
            at = to;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _windows.Dispose();
        _weights.Dispose();
        _bias.Dispose();
        _forecasts.Dispose();
        base.Dispose(disposing);
    }

    private static void Predict(
        Index1D index,
        ArrayView<float> windows,
        ArrayView<float> weights,
        ArrayView<float> bias,
        ArrayView<float> forecasts,
        int l,
        int h,
        int isLastSubtracted)
    {
        var window = index.X / h;
        var k = index.X - (window * h);
        var from = (long)window * l;
        var last = isLastSubtracted * windows[from + l - 1];
        var sum = 0f;
        for (var i = 0; i < l; i++)
            sum += (windows[from + i] - last) * weights[(i * h) + k];
        forecasts[index] = sum + bias[k] + last;
    }
}
