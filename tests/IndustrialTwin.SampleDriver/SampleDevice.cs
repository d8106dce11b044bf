using Grpc.Core;
using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary>The driver's calls. Its "hardware" is plain C# in double precision.</summary>
internal sealed class SampleDevice : Driver.DriverBase
{
    /// <summary>Bytes of arrays in one launch.</summary>
    public const int LaunchBytesMax = 16 << 20;

    /// <summary>What a message may have beside its arrays.</summary>
    public const int OverheadBytes = 1 << 20;

    private const uint Version = 1;
    private const int LaunchJobsMax = 1_024;

    private static readonly string Instance = Guid.NewGuid().ToString();

    private static readonly Dictionary<string, Func<Inputs, CancellationToken, LaunchResult>> Operations = new()
    {
        ["window-statistics"] = Statistics.Run,
        ["power-spectrum"] = Spectrum.Run,
        ["hotelling-fit"] = Hotelling.Fit,
        ["hotelling-score"] = Hotelling.Score,
        ["gaussian-likelihood"] = Likelihood.Run,
        ["envelope-spectrum"] = Envelope.Run,
        ["rolling-statistics"] = Series.Rolling,
        ["exponential-statistics"] = Series.Exponential,
        ["forecast-fit"] = Forecasting.Fit,
        ["forecast"] = Forecasting.Predict,
        ["convolution"] = Products.Convolution,
        ["autoencoder-score"] = Autoencoder.Score,
        ["matrix-product"] = Products.Matrices,
        ["gradient-aggregation"] = Gradients.Join,
        ["matrix-profile"] = Profile.Run,
        ["template-difference"] = Difference.Run,
        ["autoencoder-train"] = Training.Run,
        ["degradation-what-if"] = WhatIfs.Degradation,
        ["line-what-if"] = WhatIfs.Line,
    };

    /// <inheritdoc/>
    public override Task<DescribeReply> Describe(DescribeRequest request, ServerCallContext context)
    {
        if (request.VersionMin > Version || request.VersionMax < Version)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"Versions {request.VersionMin}..{request.VersionMax} are asked for; this driver speaks {Version}."));
        return Task.FromResult(new DescribeReply
        {
            Version = Version,
            Instance = Instance,
            Kind = DeviceKind.External,
            Name = "IndustrialTwin sample driver",
            MemoryBytes = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            ComputeUnits = 1,
            SupportsFloat64 = true,
            VectorWidthBits = 64,
            Operations = { Operations.Keys },
            LaunchBytesMax = LaunchBytesMax,
            LaunchJobsMax = LaunchJobsMax,
        });
    }

    /// <inheritdoc/>
    public override async Task<LaunchReply> Launch(LaunchRequest request, ServerCallContext context)
    {
        if (!Operations.TryGetValue(request.Operation, out var operation))
            throw new RpcException(new Status(StatusCode.Unimplemented, $"There is no operation '{request.Operation}'."));
        if (request.Jobs.Count is 0 or > LaunchJobsMax)
            throw Inputs.Invalid($"There are {request.Jobs.Count} jobs; expected 1..{LaunchJobsMax}.");
        if (request.Jobs.Sum(job => job.Inputs.Sum(array => (long)array.Data.Length)) > LaunchBytesMax)
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"The arrays have more than {LaunchBytesMax} bytes."));

        // Off the thread that reads the connection, so that health and cancellation come through while it computes.
        return await Task.Run(() => Computed(request, operation, context.CancellationToken), context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<HealthReply> Health(HealthRequest request, ServerCallContext context) =>
        Task.FromResult(new HealthReply { IsHealthy = true, Instance = Instance });

    private static LaunchReply Computed(LaunchRequest request, Func<Inputs, CancellationToken, LaunchResult> operation, CancellationToken cancellationToken)
    {
        var reply = new LaunchReply { Instance = Instance };
        long bytes = 0;
        for (var job = 0; job < request.Jobs.Count; job++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = operation(new Inputs(job, request.Jobs[job].Inputs), cancellationToken);
            bytes += result.Outputs.Sum(array => (long)array.Data.Length);
            if (bytes > LaunchBytesMax)
                throw new RpcException(new Status(StatusCode.ResourceExhausted, $"The results have more than {LaunchBytesMax} bytes."));
            reply.Results.Add(result);
        }

        return reply;
    }
}
