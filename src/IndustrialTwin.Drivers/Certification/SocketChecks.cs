using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using IndustrialTwin.Conformance;
using IndustrialTwin.Devices;
using IndustrialTwin.Drivers;
using IndustrialTwin.Protocol;

namespace IndustrialTwin.Certification;

/// <summary>How the driver behaves at its socket, where whoever may open it can send anything.</summary>
/// <param name="options">Where it listens.</param>
/// <param name="device">What it drives.</param>
internal sealed class SocketChecks(SocketOptions options, DeviceDescription device) : IDisposable
{
    private const int Batch = 3;
    private const int Parallel = 8;
    private const int SmallLaunches = 500;
    private const long OversizeMax = 256 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DriverConnection _connection = new(options);
    private readonly (string Name, OperationCase Case) _known = ConformanceSuite.All
        .Select(entry => (entry.Case, OperationCase.Of(entry.Case))).First(entry => device.CanRun(entry.Item2.Operation));

    public IEnumerable<Check> All()
    {
        yield return new Check("socket: mode and owner", OwnerAsync);
        yield return new Check("versions that it does not speak", VersionAsync);
        foreach (var bad in MalformedLaunch.All(device.Operations!, LaunchJobsMax))
            yield return new Check($"refuses {bad.What}", token => RefusesAsync(bad, token));
        yield return new Check("refuses bytes that are no message", GarbageAsync);
        yield return new Check("refuses a message that is too large", OversizeAsync);
        yield return new Check("launches at once", ParallelAsync);
        yield return new Check("what a small launch costs", CostAsync);
        yield return new Check("a launch whose deadline passes", DeadlineAsync);
        yield return new Check("a launch that is cancelled", CancelAsync);
    }

    public void Dispose() => _connection.Dispose();

    private int Size => _known.Name.StartsWith("hotelling", StringComparison.Ordinal) ? 4 : 64;

    private int LaunchJobsMax => (int)_connection.Describe().LaunchJobsMax;

    private async Task<string> OwnerAsync(CancellationToken cancellationToken)
    {
        await RightAsync(1, cancellationToken).ConfigureAwait(false);
        return OperatingSystem.IsWindows()
            ? throw new CheckException("files have no mode here", Verdict.NotChecked)
            : $"mode {Convert.ToString((int)File.GetUnixFileMode(options.Path), 8)}{(_connection.ProcessId is { } id ? $", process {id} of the right user" : "")}";
    }

    private async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var status = await StatusAsync(DriverProtocol.Describe, new DescribeRequest { VersionMin = 1_000, VersionMax = 1_001 }, cancellationToken).ConfigureAwait(false);
        return status.StatusCode == StatusCode.FailedPrecondition
            ? Said(status)
            : throw new CheckException($"it answers versions 1000..1001 with {Said(status)}; expected {StatusCode.FailedPrecondition}");
    }

    private async Task<string> RefusesAsync(MalformedLaunch bad, CancellationToken cancellationToken)
    {
        var status = await StatusAsync(Raw, bad.Of(Request(Batch, 1)), cancellationToken).ConfigureAwait(false);
        if (status.StatusCode is not (StatusCode.InvalidArgument or StatusCode.Unimplemented or StatusCode.ResourceExhausted or StatusCode.OutOfRange))
            throw new CheckException($"it answers with {Said(status)}; expected {StatusCode.InvalidArgument} and why");
        await RightAsync(Batch, cancellationToken).ConfigureAwait(false);
        return Said(status);
    }

    private async Task<string> GarbageAsync(CancellationToken cancellationToken)
    {
        // A length-delimited field that is longer than what follows, and noise.
        var garbage = new byte[1_024];
        RandomNumberGenerator.Fill(garbage);
        (garbage[0], garbage[1], garbage[2]) = (0x12, 0xff, 0x7f);
        var method = new Method<byte[], byte[]>(
            MethodType.Unary, Raw.ServiceName, Raw.Name, Marshallers.Create(bytes => bytes, bytes => bytes), Marshallers.Create(bytes => bytes, bytes => bytes));
        var status = await StatusAsync(method, garbage, cancellationToken).ConfigureAwait(false);
        if (status.StatusCode is StatusCode.OK or StatusCode.Unavailable or StatusCode.DeadlineExceeded)
            throw new CheckException($"it answers with {Said(status)}; expected an error of the message");
        await RightAsync(Batch, cancellationToken).ConfigureAwait(false);
        return Said(status);
    }

    private async Task<string> OversizeAsync(CancellationToken cancellationToken)
    {
        var size = (long)_connection.Describe().LaunchBytesMax + (2 * DriverProtocol.OverheadBytes);
        if (size > OversizeMax)
            throw new CheckException($"it takes more than the {OversizeMax >> 20} MiB that are tried", Verdict.NotChecked);
        var request = Request(Batch, 1);
        request.Jobs[0].Inputs[0].Data = UnsafeByteOperations.UnsafeWrap(new byte[size]);
        var status = await StatusAsync(Raw, request, cancellationToken).ConfigureAwait(false);
        if (status.StatusCode is StatusCode.OK or StatusCode.DeadlineExceeded)
            throw new CheckException($"it answers {size} bytes with {Said(status)}; expected {StatusCode.ResourceExhausted}");
        await RightAsync(Batch, cancellationToken).ConfigureAwait(false);
        return Said(status);
    }

    private async Task<string> ParallelAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Enumerable.Range(1, Parallel).Select(seed => RightAsync(Batch + seed, cancellationToken))).ConfigureAwait(false);
        return $"{Parallel} calls, all right";
    }

    /// <summary>Measured, not judged: it is what a silo's calibration will find too.</summary>
    private async Task<string> CostAsync(CancellationToken cancellationToken)
    {
        var times = new double[SmallLaunches];
        var request = Request(1, 1);
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await _connection.CallAsync(Raw, request, Patience, cancellationToken).ConfigureAwait(false);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"median {times[times.Length / 2]:0.00} ms, 99 of 100 below {times[times.Length * 99 / 100]:0.00} ms");
    }

    private async Task<string> DeadlineAsync(CancellationToken cancellationToken)
    {
        var status = await StatusAsync(Raw, Long(), cancellationToken, TimeSpan.FromMilliseconds(5)).ConfigureAwait(false);
        if (status.StatusCode is not (StatusCode.OK or StatusCode.DeadlineExceeded or StatusCode.Cancelled))
            throw new CheckException($"it answers with {Said(status)}; expected {StatusCode.DeadlineExceeded}");
        return $"{status.StatusCode} after 5 ms, {await GoesOnAsync(cancellationToken).ConfigureAwait(false)}";
    }

    private async Task<string> CancelAsync(CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = StatusAsync(Raw, Long(), giveUp.Token);
        await Task.Delay(5, cancellationToken).ConfigureAwait(false);
        await giveUp.CancelAsync().ConfigureAwait(false);
        return $"{(await running.ConfigureAwait(false)).StatusCode}, {await GoesOnAsync(cancellationToken).ConfigureAwait(false)}";
    }

    /// <summary>After it was left alone with a launch, it must be there for the next one at once.</summary>
    private async Task<string> GoesOnAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var health = await _connection.CallAsync(DriverProtocol.Health, new HealthRequest(), options.CallTimeout, cancellationToken).ConfigureAwait(false);
        if (!health.IsHealthy)
            throw new CheckException($"afterwards it says that it is not healthy: {health.Detail}");
        await RightAsync(Batch, cancellationToken).ConfigureAwait(false);
        return $"and the next launch was right {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms later";
    }

    /// <summary>A launch and whether its results are right.</summary>
    private async Task RightAsync(int batch, CancellationToken cancellationToken)
    {
        var job = _known.Case.JobOf(batch, Size, batch)!;
        var method = DriverProtocol.Launch(payload => LaunchAnswer.Read(payload, [job]));
        LaunchAnswer answer;
        try
        {
            answer = await _connection.CallAsync(method, Request(batch, batch), Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException error)
        {
            throw new CheckException($"a launch that is right fails with {Said(error.Status)}");
        }

        if (_known.Case.Judge(batch, Size, batch, answer.Results[0], AgreementChecks.ToleranceOf(device)).Failure is { } failure)
            throw new CheckException($"a launch gives a wrong result: {failure}");
    }

    private LaunchRequest Request(int batch, int seed)
    {
        var job = new LaunchJob();
        job.Inputs.AddRange(_known.Case.JobOf(batch, Size, seed)!.Inputs.Select(SocketDriver.MessageOf));
        return new LaunchRequest { Operation = _known.Case.Operation.Name, Jobs = { job } };
    }

    /// <summary>As much as it takes, up to 8 MiB.</summary>
    private LaunchRequest Long()
    {
        var described = _connection.Describe();
        var one = Request(64, 1);
        var bytes = Math.Max(1, one.Jobs[0].Inputs.Sum(array => (long)array.Data.Length));
        var count = (int)Math.Clamp(Math.Min((long)described.LaunchBytesMax / 2, 8L << 20) / bytes, 1, described.LaunchJobsMax);
        for (var i = 1; i < count; i++)
            one.Jobs.Add(one.Jobs[0]);
        return one;
    }

    private async Task<Status> StatusAsync<TRequest, TReply>(
        Method<TRequest, TReply> method, TRequest request, CancellationToken cancellationToken, TimeSpan? timeout = null)
        where TRequest : class
        where TReply : class
    {
        try
        {
            await _connection.CallAsync(method, request, timeout ?? Patience, cancellationToken).ConfigureAwait(false);
            return Status.DefaultSuccess;
        }
        catch (RpcException error)
        {
            return error.Status;
        }
    }

    private static Method<LaunchRequest, object> Raw { get; } = DriverProtocol.Launch<object>(_ => new object());

    private static string Said(Status status) => status.Detail.Length == 0 ? $"{status.StatusCode}" : $"{status.StatusCode}: {Foreign.Text(status.Detail)}";
}
