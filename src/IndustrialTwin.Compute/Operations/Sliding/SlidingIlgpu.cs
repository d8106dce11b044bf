using System.Runtime.InteropServices;
using IndustrialTwin.Devices.Residents;

namespace IndustrialTwin.Operations.Sliding;

/// <summary>What is new goes up, windows are put side by side on the device, and the kernels of plain windows take them from there.</summary>
internal sealed class SlidingIlgpu<TInput, TWindowed, TResult> : OperationForm<TInput, SlidingResult<TResult>>
    where TResult : class
{
    private readonly SlidingOperation<TInput, TWindowed, TResult> _operation;
    private readonly OperationForm<TWindowed, TResult> _windowed;
    private readonly IWindowForm<TWindowed, TResult> _onDevice;
    private readonly IlgpuResidents _residents;
    private readonly ResidentPlan _plan = new();
    private readonly List<int> _starts = [];
    private readonly List<int> _jobs = [];
    private readonly List<int> _counts = [];

    public SlidingIlgpu(SlidingOperation<TInput, TWindowed, TResult> operation, OperationForm<TWindowed, TResult> windowed, IlgpuResidents residents)
    {
        (_operation, _windowed, _residents) = (operation, windowed, residents);
        _onDevice = windowed as IWindowForm<TWindowed, TResult>
            ?? throw new NotSupportedException($"The ILGPU form of '{operation.Windowed.Name}' takes no windows that are on the device.");
    }

    public override void Launch(ReadOnlySpan<TInput> inputs, Span<SlidingResult<TResult>> results)
    {
        try
        {
            for (var job = 0; job < inputs.Length; job++)
            {
                if (TryPlan(inputs[job], job, results))
                    continue;
                Run(inputs, results);
                // Nothing is planned any more, so nothing stands in its way.
                TryPlan(inputs[job], job, results);
            }

            Run(inputs, results);
        }
        catch
        {
            _residents.Pool.Clear();
            Forget();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _windowed.Dispose();
        base.Dispose(disposing);
    }

    private bool TryPlan(TInput input, int job, Span<SlidingResult<TResult>> results)
    {
        var windows = _operation.SlidingOf(input);
        switch (_residents.Pool.Place(windows, _plan, out var from))
        {
            case ResidentAnswer.LaunchFirst:
                return false;
            case ResidentAnswer.Missing:
                results[job] = default;
                return true;
            case ResidentAnswer.Outside:
                var (whole, result) = (_operation.With(input, SlidingOperation<TInput, TWindowed, TResult>.Unfold(windows)), new TResult[1]);
                _windowed.Launch([whole], result);
                results[job] = new(result[0], isHeld: false);
                return true;
            default:
                for (var i = 0; i < windows.Count; i++)
                    _starts.Add(from + (i * windows.Stride));
                _jobs.Add(job);
                _counts.Add(windows.Count);
                return true;
        }
    }

    private void Run(ReadOnlySpan<TInput> inputs, Span<SlidingResult<TResult>> results)
    {
        if (_jobs.Count > 0)
        {
            var length = _operation.SlidingOf(inputs[_jobs[0]]).Length;
            var computed = new TResult[_jobs.Count];
            _onDevice.Run(
                _residents.Windows(_plan, _starts, length),
                _operation.With(inputs[_jobs[0]], default),
                length,
                CollectionsMarshal.AsSpan(_counts),
                computed);
            for (var i = 0; i < computed.Length; i++)
                results[_jobs[i]] = new(computed[i], isHeld: true);
        }

        Forget();
        _residents.Pool.Launched();
    }

    /// <summary>Nothing of a caller's memory is kept past the launch.</summary>
    private void Forget()
    {
        _plan.Clear();
        _starts.Clear();
        _jobs.Clear();
        _counts.Clear();
    }
}
