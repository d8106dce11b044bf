using System.Runtime.InteropServices;
using IndustrialTwin.Devices.Residents;

namespace IndustrialTwin.Operations.Sliding;

/// <summary>
/// Windows are computed where they lie in the device's block; none is copied. A form that takes plain windows only is given them one by one.
/// </summary>
internal sealed class SlidingNative<TInput, TWindowed, TResult>(
    SlidingOperation<TInput, TWindowed, TResult> operation, OperationForm<TWindowed, TResult> windowed, NativeResidents residents, bool isPlain)
    : OperationForm<TInput, SlidingResult<TResult>>
    where TResult : class
{
    private readonly ResidentPlan _plan = new();
    private readonly List<TWindowed> _parts = [];
    private readonly List<(int Job, int Parts, bool IsHeld)> _jobs = [];
    private TResult[] _results = [];

    public override void Launch(ReadOnlySpan<TInput> inputs, Span<SlidingResult<TResult>> results)
    {
        try
        {
            for (var job = 0; job < inputs.Length; job++)
            {
                if (TryPlan(inputs[job], job, results))
                    continue;
                Run(results);
                // Nothing is planned any more, so nothing stands in its way.
                TryPlan(inputs[job], job, results);
            }

            Run(results);
        }
        catch
        {
            residents.Pool.Clear();
            Forget();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        windowed.Dispose();
        base.Dispose(disposing);
    }

    private bool TryPlan(TInput input, int job, Span<SlidingResult<TResult>> results)
    {
        var windows = operation.SlidingOf(input);
        switch (residents.Pool.Place(windows, _plan, out var from))
        {
            case ResidentAnswer.LaunchFirst:
                return false;
            case ResidentAnswer.Missing:
                results[job] = default;
                return true;
            case ResidentAnswer.Outside:
                Add(input, windows, windows.Samples, job, isHeld: false);
                return true;
            default:
                Add(input, windows, residents.At(from, (int)windows.Span), job, isHeld: true);
                return true;
        }
    }

    private void Add(TInput input, in SlidingWindows windows, ReadOnlyMemory<float> samples, int job, bool isHeld)
    {
        var parts = isPlain ? windows.Count : 1;
        for (var i = 0; i < parts; i++)
        {
            _parts.Add(operation.With(
                input,
                isPlain
                    ? new WindowBatch(samples.Slice(i * windows.Stride, windows.Length), windows.Length)
                    : new WindowBatch(samples, windows.Length) { Stride = windows.Stride }));
        }

        _jobs.Add((job, parts, isHeld));
    }

    private void Run(Span<SlidingResult<TResult>> results)
    {
        if (_parts.Count > 0)
        {
            if (_plan.Moves.Count + _plan.Fills.Count > 0)
                residents.Do(_plan);
            if (_results.Length < _parts.Count)
                _results = new TResult[_parts.Count];
            var parts = _results.AsSpan(0, _parts.Count);
            windowed.Launch(CollectionsMarshal.AsSpan(_parts), parts);
            var at = 0;
            foreach (var (job, count, isHeld) in _jobs)
            {
                results[job] = new(count == 1 ? parts[at] : operation.Join(parts.Slice(at, count)), isHeld);
                at += count;
            }
        }

        Forget();
        residents.Pool.Launched();
    }

    /// <summary>Nothing of a caller's memory is kept past the launch.</summary>
    private void Forget()
    {
        _results.AsSpan(0, Math.Min(_results.Length, _parts.Count)).Clear();
        _plan.Clear();
        _parts.Clear();
        _jobs.Clear();
    }
}
