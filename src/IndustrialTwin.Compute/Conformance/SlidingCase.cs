using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Sliding;

namespace IndustrialTwin.Conformance;

/// <summary>
/// Series that grow: each is asked for whole, then again and again with what is new alone, and every answer is compared with the reference
/// of whole windows.
/// </summary>
internal sealed class SlidingCase<TInput, TWindowed, TResult>(
    SlidingOperation<TInput, TWindowed, TResult> operation, Func<SlidingWindows, TInput> input, OperationCase<TWindowed, TResult> windowed)
    : OperationCase
    where TResult : class
{
    private const int Jobs = 3;

    public override Operation Operation => operation;

    public override async Task<CaseResult> CheckAsync(
        IComputeDevice device, int batch, int size, double tolerance, CancellationToken cancellationToken = default)
    {
        var stride = Math.Max(1, size / 4);
        var span = ((batch - 1) * stride) + size;
        // What is new differs from round to round; at last nothing is.
        int[] rounds = [span, 1, stride, Math.Min(span, size), 0];
        var series = Enumerable.Range(1, Jobs).Select(seed => Signals.Windows(1, rounds.Sum(), seed, offset: 50).Samples).ToArray();
        var keys = series.Select(_ => ResidentKey.Create()).ToArray();
        var (end, isKept, worst) = (0, false, 0.0);
        foreach (var fresh in rounds)
        {
            end += fresh;
            var whole = Enumerable.Range(0, Jobs)
                .Select(job => new SlidingWindows(keys[job], end, series[job].Slice(end - span, span), size, stride, batch)).ToArray();
            var outcomes = await Task.WhenAll(whole.Select(windows =>
                device.RunAsync(operation, input(isKept ? windows.WithNewest(fresh) : windows), default, cancellationToken).AsTask())).ConfigureAwait(false);
            for (var job = 0; job < Jobs; job++)
            {
                if (!outcomes[job].TryGetResult(out var answer))
                    return new CaseResult(worst, $"{fresh} new, job {job}: {outcomes[job].Reason}");
                if (!answer.TryGetValue(out var result))
                    return new CaseResult(worst, $"{fresh} new, job {job}: that is not enough of {span} samples.");
                var (error, failure) = windowed.Compare(operation.With(input(whole[job]), SlidingOperation<TInput, TWindowed, TResult>.Unfold(whole[job])), result, tolerance);
                if (failure is not null)
                    return new CaseResult(error, $"{fresh} new, job {job}, {failure}");
                worst = Math.Max(worst, error);
            }

            // A device that keeps nothing, or less than these, is asked for whole windows again.
            isKept = device.Status.Resident.Series >= Jobs;
        }

        return new CaseResult(worst, null);
    }

    public override ArrayJob? JobOf(int batch, int size, int seed) => null;

    public override CaseResult Judge(int batch, int size, int seed, IReadOnlyList<NamedArray> results, double tolerance) =>
        new(0, "the operation has no arrays.");

    internal override string? Failure(DeviceOwner owner, double tolerance) => windowed.Failure(owner, tolerance);
}
