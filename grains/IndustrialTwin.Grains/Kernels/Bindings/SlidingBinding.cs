using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Sliding;

namespace IndustrialTwin.Kernels;

/// <summary>Windows that slide over a series. A unit is a window; what is moved is what the request brings.</summary>
internal abstract class SlidingBinding<TRequest, TInput, TResult>(Operation<TInput, SlidingResult<TResult>> operation)
    : KernelBinding<TRequest, TInput, SlidingResult<TResult>>(operation)
    where TRequest : SlidingRequest
    where TResult : class
{
    protected static SlidingWindows WindowsOf(SlidingRequest request) =>
        new(new ResidentKey(request.Series), request.End, request.Samples, request.WindowRows, request.StrideRows, request.Windows);

    protected sealed override KernelShape ShapeOf(TRequest request) => new(request.WindowRows);

    protected sealed override long UnitsOf(TRequest request) =>
        Present(request.Samples, nameof(request.Samples)) is not null && request.Windows > 0
            ? request.Windows
            : throw new ArgumentException($"{Name}: Windows is {request.Windows}; expected one whole window or more.");

    protected sealed override long BytesOf(TRequest request) => sizeof(float) * (long)request.Samples.Length;

    protected sealed override ComputeReply ReplyTo(TRequest request, SlidingResult<TResult> result) => result.TryGetValue(out var value)
        ? ReplyTo(value) with { Series = result.IsHeld ? SeriesOutcome.Held : SeriesOutcome.None }
        : Done(Array.Empty<double>()) with { Series = SeriesOutcome.Missing };

    protected sealed override TRequest? NoiseOf(KernelShape shape, int units)
    {
        var stride = Math.Max(1, shape.First / 2);
        var span = shape.First + ((long)(units - 1) * stride);
        return Noise(shape.First, stride, units, KernelNoise.Floats(span));
    }

    protected abstract ComputeReply ReplyTo(TResult result);

    /// <summary>Noise takes nobody's place on the device: its series is the empty one.</summary>
    protected abstract TRequest Noise(int windowRows, int strideRows, int windows, float[] samples);
}
