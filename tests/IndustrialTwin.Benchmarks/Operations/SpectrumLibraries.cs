using System.Numerics.Tensors;
using MathNet.Numerics.IntegralTransforms;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>The power spectrum by libraries: Hann window, real transform, squared magnitudes.</summary>
internal sealed class SpectrumLibraries(float[] windows, int length) : IDisposable
{
    private readonly float[] _hann = [.. Enumerable.Range(0, length).Select(i => (float)((1 - Math.Cos(2 * Math.PI * i / length)) / 2))];
    private readonly float[] _row = new float[length + 2];
    private readonly float[] _power = new float[(length / 2) + 1];
    private readonly Fftw? _fftw = Operations.Fftw.IsPresent ? new Fftw(length) : null;
    private readonly OnnxDft _onnx = new(windows, length);

    public double MathNet()
    {
        for (var at = 0; at < windows.Length; at += length)
        {
            TensorPrimitives.Multiply(windows.AsSpan(at, length), _hann, _row);
            Fourier.ForwardReal(_row, length, FourierOptions.NoScaling);
            Square(_row);
        }

        return _power[1];
    }

    public double Fftw()
    {
        for (var at = 0; at < windows.Length; at += length)
        {
            TensorPrimitives.Multiply(windows.AsSpan(at, length), _hann, _fftw!.Input);
            _fftw.Run();
            Square(_fftw.Output);
        }

        return _power[1];
    }

    public double Onnx() => _onnx.Run();

    public void Dispose()
    {
        _fftw?.Dispose();
        _onnx.Dispose();
    }

    private void Square(ReadOnlySpan<float> pairs)
    {
        for (var k = 0; k < _power.Length; k++)
            _power[k] = (pairs[2 * k] * pairs[2 * k]) + (pairs[(2 * k) + 1] * pairs[(2 * k) + 1]);
    }
}
