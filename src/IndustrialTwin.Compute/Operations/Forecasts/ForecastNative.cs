using System.Runtime.Intrinsics;
using IndustrialTwin.Operations.Matrices;

namespace IndustrialTwin.Operations.Forecasts;

/// <summary>A matrix product of the windows and the weights onto the biases.</summary>
internal sealed unsafe class ForecastNative(NativeCode code) : OperationForm<ForecastInput, float[]>
{
    private readonly PackedProduct? _packed = code == NativeCode.Simd && Vector256.IsHardwareAccelerated ? new() : null;
    private float[] _windows = [];

    public override void Launch(ReadOnlySpan<ForecastInput> inputs, Span<float[]> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var (windows, model) = (inputs[job].Windows, inputs[job].Model);
            var (l, h) = (model.InputLength, model.Horizon);
            if (_windows.Length < windows.Samples.Length)
                _windows = new float[windows.Samples.Length];
            windows.Samples.Span.CopyTo(_windows);
            var forecasts = new float[windows.Count * h];
            for (var w = 0; w < windows.Count; w++)
            {
                model.Bias.CopyTo(forecasts, w * h);
                if (model.IsLastSubtracted)
                    Shift(_windows.AsSpan(w * l, l), forecasts.AsSpan(w * h, h));
            }

            Multiply(_windows, model, windows.Count, forecasts);
            results[job] = forecasts;
        }
    }

    private static void Shift(Span<float> window, Span<float> forecast)
    {
        var last = window[^1];
        foreach (ref var x in window)
            x -= last;
        foreach (ref var y in forecast)
            y += last;
    }

    private void Multiply(float[] windows, ForecastModel model, int count, float[] forecasts)
    {
        var (l, h) = (model.InputLength, model.Horizon);
        if (_packed is not null)
        {
            fixed (float* x = windows, weights = model.Weights, y = forecasts)
                _packed.Run(y, isNew: false, MatrixView.Of(x, count, l, false), MatrixView.Of(weights, l, h, false), count, l, h, alpha: 1);
            return;
        }

        for (var w = 0; w < count; w++)
        {
            for (var i = 0; i < l; i++)
            {
                var x = windows[(w * l) + i];
                for (var k = 0; k < h; k++)
                    forecasts[(w * h) + k] += x * model.Weights[(i * h) + k];
            }
        }
    }
}
