using System.Collections.Concurrent;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Kernels;

/// <summary>
/// Ties one type of request to its operation: how it becomes the operation's input and the result a reply, and what it costs. One instance
/// serves all threads of a silo. Nothing is copied but results.
/// </summary>
/// <typeparam name="TRequest">The request, as it crosses wires.</typeparam>
/// <typeparam name="TInput">The operation's input.</typeparam>
/// <typeparam name="TResult">The operation's result.</typeparam>
/// <param name="operation">The operation; null where each request says which, and what tells of the operation is overridden.</param>
public abstract class KernelBinding<TRequest, TInput, TResult>(Operation<TInput, TResult>? operation) : KernelBinding
    where TRequest : ComputeRequest
{
    /// <summary>Rows, or other small things, that count as one unit where a single one is too little to.</summary>
    protected const int UnitRows = 64;

    private const int NamesMax = 4_096;

    private readonly ConcurrentDictionary<KernelShape, string> _names = new();

    /// <inheritdoc/>
    public override string Name => Known.Name;

    /// <inheritdoc/>
    public sealed override Type RequestType => typeof(TRequest);

    /// <inheritdoc/>
    public override Type OperationType => Known.GetType();

    /// <inheritdoc/>
    public override bool IsSliced => Known.IsSliced;

    /// <summary>Whether requests gain by a shared launch and wait in a queue; others are bid for.</summary>
    protected virtual bool IsBatched => true;

    private Operation<TInput, TResult> Known => operation ?? throw new InvalidOperationException($"{GetType().Name} does not say which operation it ties.");

    /// <inheritdoc/>
    public sealed override Operation OperationOf(ComputeRequest request) => OperationOf((TRequest)request);

    /// <inheritdoc/>
    public sealed override KernelDemand DemandOf(ComputeRequest request)
    {
        var typed = (TRequest)request;
        var kernel = KernelOf(typed);
        var units = (int)Math.Clamp(UnitsOf(typed), 1, int.MaxValue);
        var isSliced = IsSliced && OperationOf(typed).IsLong(InputOf(typed));
        return new KernelDemand(kernel, units, BytesOf(typed), IsBatched && !isSliced, isSliced);
    }

    /// <inheritdoc/>
    public sealed override void Validate(ComputeRequest request)
    {
        var typed = (TRequest)request;
        try
        {
            OperationOf(typed).Validate(InputOf(typed));
        }
        catch (ArgumentException fault) when (!fault.Message.StartsWith(Name, StringComparison.Ordinal))
        {
            // Parts of an input, such as bands, refuse what they cannot be without knowing what they are for.
            throw new ArgumentException($"{Name}: {fault.Message}", fault);
        }
    }

    /// <inheritdoc/>
    public sealed override ComputeRequest RequestOf(WindowsRequest windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        return FromWindows(windows) is { } request
            ? request with { Deadline = windows.Deadline, LatestDeadline = windows.LatestDeadline, Class = windows.Class, TraceParent = windows.TraceParent }
            : throw new ArgumentException($"{Name}: it cannot be asked for windows of a channel by an analysis of a plant file.");
    }

    /// <inheritdoc/>
    public sealed override ComputeRequest? NoiseOf(string kernel, int units)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var shape = kernel.Length > Name.Length ? kernel[(Name.Length + 1)..] : string.Empty;
        return NoiseOfShape(shape, units);
    }

    /// <inheritdoc/>
    public sealed override async Task<ComputeReply> RunAsync(
        IComputeDevice device, ComputeRequest request, JobOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(device);
        var typed = (TRequest)request;
        var outcome = await device.RunAsync(OperationOf(typed), InputOf(typed), options, cancellationToken);
        var timing = outcome.Timing;
        var answer = outcome.Kind switch
        {
            JobOutcomeKind.Done => ReplyTo(typed, outcome.Result!),
            JobOutcomeKind.Expired => new ComputeReply(ComputeOutcome.Expired, [], Detail: outcome.Reason),
            JobOutcomeKind.Refused => new ComputeReply(ComputeOutcome.Refused, [], Detail: outcome.Reason),
            _ => new ComputeReply(ComputeOutcome.Failed, [], Detail: outcome.Reason),
        };
        return answer with
        {
            QueueWaitMs = timing.QueueWait.TotalMilliseconds,
            LaunchMs = timing.LaunchDuration.TotalMilliseconds,
            LaunchJobs = timing.LaunchJobs,
        };
    }

    /// <summary>The operation that computes a request.</summary>
    protected virtual Operation<TInput, TResult> OperationOf(TRequest request) => Known;

    /// <summary>The operation's input, as a view of what the request holds; the operation checks it.</summary>
    /// <exception cref="ArgumentException">A part is missing, or cannot be.</exception>
    protected abstract TInput InputOf(TRequest request);

    /// <summary>The reply to a request that was computed.</summary>
    protected abstract ComputeReply ReplyTo(TRequest request, TResult result);

    /// <summary>What requests must have in common to share a launch, and what a unit's cost depends on; none by default.</summary>
    protected virtual KernelShape ShapeOf(TRequest request) => default;

    /// <summary>Its amount, so that a launch of many takes in proportion to their units.</summary>
    protected abstract long UnitsOf(TRequest request);

    /// <summary>Bytes that would have to be moved to a device.</summary>
    protected abstract long BytesOf(TRequest request);

    /// <summary>A request of a shape and an amount to measure, all of its numbers noise (<see cref="KernelNoise"/>); null for none.</summary>
    protected abstract TRequest? NoiseOf(KernelShape shape, int units);

    /// <summary>The request for windows of a channel, as an analysis of a plant file asks; null where the kernel takes none.</summary>
    /// <exception cref="ArgumentException">It is not told what it has to be told.</exception>
    protected virtual TRequest? FromWindows(WindowsRequest windows) => null;

    /// <summary>The kernel of a request: the binding's name and its shape.</summary>
    protected virtual string KernelOf(TRequest request)
    {
        var shape = ShapeOf(request);
        if (_names.TryGetValue(shape, out var known))
        {
            return known;
        }

        if (!shape.IsWhole)
        {
            throw new ArgumentException($"{Name}: a request of shape {shape.First} × {shape.Second} × {shape.Third} × {shape.Fourth}; expected extents above 0.");
        }

        var name = shape == default ? Name : $"{Name}.{shape}";
        if (_names.Count < NamesMax)
        {
            _names.TryAdd(shape, name);
        }

        return name;
    }

    /// <summary>The same of a shape as it stands in a kernel's name.</summary>
    protected virtual TRequest? NoiseOfShape(string shape, int units) => KernelShape.TryParse(shape, out var read) ? NoiseOf(read, units) : null;

    /// <summary>A part of a request that must be there.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    protected T Present<T>(T? part, string field)
        where T : class => part ?? throw new ArgumentException($"{Name}: {field} is missing.");

    /// <summary>Whole windows, or series, of so many values.</summary>
    /// <exception cref="ArgumentException">There is not one.</exception>
    protected long WindowsOf(float[]? values, string field, int rows, string rowsField) => rows >= 1 && Present(values, field).Length >= rows
        ? values!.Length / rows
        : throw new ArgumentException($"{Name}: {field} holds {values?.Length ?? 0} values and {rowsField} is {rows}; expected one whole window or more.");

    /// <summary>A reply that is numbers.</summary>
    protected static ComputeReply Done(double[] values) => new(ComputeOutcome.Done, values);

    /// <summary>A reply that is numbers.</summary>
    protected static ComputeReply Done(float[] values) => new(ComputeOutcome.Done, Array.ConvertAll(values, value => (double)value));

    /// <summary>A reply that is numbers.</summary>
    protected static ComputeReply Done(int[] values) => new(ComputeOutcome.Done, Array.ConvertAll(values, value => (double)value));

    /// <summary>Whole units for so many small things.</summary>
    protected static long UnitsFor(long count, int size = UnitRows) => Math.Max(1, (count + size - 1) / size);
}
