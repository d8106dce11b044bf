using System.Collections.Frozen;
using Google.Protobuf;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Protocol;
using DeviceKind = IndustrialTwin.Devices.DeviceKind;
using NamedArray = IndustrialTwin.Operations.NamedArray;

namespace IndustrialTwin.Drivers;

/// <summary>A driver in another process, reached over a Unix domain socket as <c>driver.proto</c> says.</summary>
/// <param name="options">Where it listens.</param>
public sealed class SocketDriver(SocketOptions options) : DeviceDriver
{
    /// <inheritdoc/>
    /// <exception cref="DriverException">It cannot be reached, or describes itself in a way that cannot be.</exception>
    public override DeviceHardware Open(string id)
    {
        if (!BitConverter.IsLittleEndian)
            throw new DriverException("Drivers in other processes need a little-endian processor.");
        var connection = new DriverConnection(options);
        try
        {
            return new Hardware(id, options, connection, connection.Describe());
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private sealed class Hardware : ArrayHardware
    {
        private readonly SocketOptions _options;
        private readonly DriverConnection _connection;
        private readonly string _instance;
        private readonly long _launchBytesMax;
        private readonly int _launchJobsMax;

        public Hardware(string id, SocketOptions options, DriverConnection connection, DescribeReply described)
        {
            (_options, _connection, _instance) = (options, connection, described.Instance);
            _launchBytesMax = Math.Min(options.LaunchBytesMax, (long)described.LaunchBytesMax);
            _launchJobsMax = (int)described.LaunchJobsMax;
            Description = new DeviceDescription(
                id,
                KindOf(described.Kind),
                described.Name,
                (long)described.MemoryBytes,
                (int)described.ComputeUnits,
                described.SupportsFloat64,
                (int)described.VectorWidthBits)
            {
                Operations = described.Operations.ToFrozenSet(),
                JobBytesMax = _launchBytesMax,
            };
        }

        public override DeviceDescription Description { get; }

        public override TimeSpan? CheckInterval => _options.CheckInterval;

        public override IReadOnlyList<IReadOnlyList<NamedArray>> Launch(string operation, IReadOnlyList<ArrayJob> jobs)
        {
            var results = new List<NamedArray[]>(jobs.Count);
            var part = new List<ArrayJob>();
            var (inputs, outputs) = (0L, 0L);
            foreach (var job in jobs)
            {
                (inputs, outputs) = (inputs + job.InputBytes, outputs + job.ResultBytes);
                if (part.Count > 0 && (part.Count == _launchJobsMax || Math.Max(inputs, outputs) > _launchBytesMax))
                {
                    results.AddRange(LaunchPart(operation, part));
                    part.Clear();
                    (inputs, outputs) = (job.InputBytes, job.ResultBytes);
                }

                part.Add(job);
            }

            results.AddRange(LaunchPart(operation, part));
            return results;
        }

        public override string? Failure()
        {
            var health = _connection.Call(DriverProtocol.Health, new HealthRequest(), _options.CallTimeout);
            if (health.Instance != _instance)
                return Restarted();
            return health.IsHealthy ? null : $"The driver at '{_options.Path}' says that it is not healthy: {Foreign.Text(health.Detail)}";
        }

        public override void Dispose() => _connection.Dispose();

        private IReadOnlyList<NamedArray[]> LaunchPart(string operation, List<ArrayJob> jobs)
        {
            var request = new LaunchRequest { Operation = operation };
            foreach (var job in jobs)
            {
                var message = new LaunchJob();
                foreach (var array in job.Inputs)
                    message.Inputs.Add(MessageOf(array));
                request.Jobs.Add(message);
            }

            var answer = _connection.Call(DriverProtocol.Launch(payload => LaunchAnswer.Read(payload, jobs)), request, _options.LaunchTimeout);
            return answer.Instance == _instance ? answer.Results : throw new DriverException(Restarted());
        }

        private string Restarted() => $"The driver at '{_options.Path}' was started anew.";

        private static DeviceKind KindOf(Protocol.DeviceKind kind) => kind switch
        {
            Protocol.DeviceKind.Npu => DeviceKind.Npu,
            Protocol.DeviceKind.Fpga => DeviceKind.Fpga,
            Protocol.DeviceKind.Asic => DeviceKind.Asic,
            Protocol.DeviceKind.Dpu => DeviceKind.Dpu,
            _ => DeviceKind.External,
        };
    }

    /// <summary>An array as a message; the bytes are shared.</summary>
    internal static Protocol.NamedArray MessageOf(NamedArray array)
    {
        var message = new Protocol.NamedArray
        {
            Name = array.Name,
            Element = (Element)array.Element,
            Data = UnsafeByteOperations.UnsafeWrap(array.Data),
        };
        message.Extents.AddRange(array.Extents);
        return message;
    }
}
