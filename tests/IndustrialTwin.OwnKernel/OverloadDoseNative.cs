using System.Numerics;
using IndustrialTwin.Operations;

namespace Acme.Overloads;

/// <summary>A register of samples at a time, or a plain loop.</summary>
internal sealed class OverloadDoseNative(NativeCode code) : OperationForm<OverloadInput, float[]>
{
    public override void Launch(ReadOnlySpan<OverloadInput> inputs, Span<float[]> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var (windows, limit) = (inputs[job].Windows, inputs[job].LimitKn);
            var doses = new float[windows.Count];
            for (var i = 0; i < doses.Length; i++)
                doses[i] = Dose(windows.Window(i), limit);
            results[job] = doses;
        }
    }

    private float Dose(ReadOnlySpan<float> window, float limit)
    {
        var sum = 0f;
        var i = 0;
        if (code == NativeCode.Simd)
        {
            var (limits, sums) = (new Vector<float>(limit), Vector<float>.Zero);
            for (; i + Vector<float>.Count <= window.Length; i += Vector<float>.Count)
                sums += Vector.Max(Vector<float>.Zero, new Vector<float>(window[i..]) - limits);
            sum = Vector.Sum(sums);
        }

        for (; i < window.Length; i++)
            sum += Math.Max(0, window[i] - limit);
        return sum;
    }
}
