using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Gaussian;

/// <summary>
/// One group for each different window gives its mean and variance by two passes. Square root and erfc stay on the host, where their
/// last digits are known; they are one step a row against thousands.
/// </summary>
internal sealed class GaussianLikelihoodIlgpu : OperationForm<GaussianLikelihoodInput, double[]>
{
    private readonly Action<KernelConfig, ArrayView<double>, ArrayView<int>, ArrayView<double>> _kernel;
    private readonly IlgpuBuffer<double> _values;
    private readonly IlgpuBuffer<int> _windows;
    private readonly IlgpuBuffer<double> _moments;
    private readonly int _threads;

    public GaussianLikelihoodIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadStreamKernel<ArrayView<double>, ArrayView<int>, ArrayView<double>>(Moments);
        _values = new(accelerator);
        _windows = new(accelerator);
        _moments = new(accelerator);
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Grouped(typeof(GaussianLikelihoodIlgpu), nameof(Moments))];

    public override void Launch(ReadOnlySpan<GaussianLikelihoodInput> inputs, Span<double[]> results)
    {
        var total = 0;
        foreach (var input in inputs)
            total = checked(total + input.Values.Length);
        var values = new double[total];
        var windows = new List<int>();
        var at = 0;
        foreach (var input in inputs)
        {
            input.Values.Span.CopyTo(values.AsSpan(at));
            for (var row = input.First; row < input.First + input.Count; row++)
            {
                if (!IsNewWindow(input, row))
                    continue;
                var start = GaussianLikelihoodInput.FirstNeeded(row, input.WindowRows, input.StepRows);
                windows.Add(at + (int)(start - input.Origin));
                windows.Add((int)Math.Min(row - start, input.WindowRows));
            }

            at += input.Values.Length;
        }

        var moments = new double[windows.Count];
        if (windows.Count > 0)
        {
            _kernel(
                new KernelConfig(windows.Count / 2, _threads),
                _values.Upload(values),
                _windows.Upload(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(windows)),
                _moments.Take(moments.Length));
            _moments.Download(moments);
        }

        var window = -2;
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var scores = new double[input.Count];
            for (var k = 0; k < scores.Length; k++)
            {
                if (IsNewWindow(input, input.First + k))
                    window += 2;
                if (input.First + k > 0)
                    scores[k] = GaussianLikelihood.Score(input.At(input.First + k), moments[window], moments[window + 1]);
            }

            results[job] = scores;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _values.Dispose();
        _windows.Dispose();
        _moments.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Whether a row's window differs from that of the scored row before it. Row 0 has none.</summary>
    private static bool IsNewWindow(in GaussianLikelihoodInput input, long row) =>
        row > 0 && (row == input.First || row <= input.WindowRows || (row - input.WindowRows) % input.StepRows == 0);

    /// <summary>Windows are pairs of first value and length; moments are pairs of mean and population variance.</summary>
    private static void Moments(ArrayView<double> values, ArrayView<int> windows, ArrayView<double> moments)
    {
        var first = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var second = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var varied = SharedMemory.Allocate<int>(KernelGroups.ThreadsMax);
        var thread = Group.IdxX;
        var from = windows[2 * Grid.IdxX];
        var length = windows[(2 * Grid.IdxX) + 1];
        var start = values[from];
        var sum = 0.0;
        var isVaried = 0;
        for (var i = thread; i < length; i += Group.DimX)
        {
            var x = values[from + i];
            sum += x - start;
            if (x != start)
                isVaried = 1;
        }

        first[thread] = sum;
        varied[thread] = isVaried;
        for (var half = Group.DimX / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (thread < half)
            {
                first[thread] += first[thread + half];
                varied[thread] |= varied[thread + half];
            }
        }

        Group.Barrier();
        var mean = start + (first[0] / length);
        var isConstant = varied[0] == 0;
        Group.Barrier();
        double d1 = 0, d2 = 0;
        for (var i = thread; i < length; i += Group.DimX)
        {
            var d = values[from + i] - mean;
            d1 += d;
            d2 += d * d;
        }

        first[thread] = d1;
        second[thread] = d2;
        for (var half = Group.DimX / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (thread < half)
            {
                first[thread] += first[thread + half];
                second[thread] += second[thread + half];
            }
        }

        if (thread == 0)
        {
            // The deviations' sum is what the mean's rounding has left; it goes back into the mean and out of the squares.
            moments[2 * Grid.IdxX] = isConstant ? start : mean + (first[0] / length);
            moments[(2 * Grid.IdxX) + 1] = isConstant ? 0 : (second[0] - (first[0] * first[0] / length)) / length;
        }
    }
}
