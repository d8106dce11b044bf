using System.Text.RegularExpressions;
using IndustrialTwin.Protocol;

namespace IndustrialTwin.Drivers;

/// <summary>What a driver may say of itself.</summary>
internal static partial class Described
{
    private const int OperationsMax = 256;
    private const int NameMax = 128;

    /// <summary>The reply as it came, all of it within its bounds.</summary>
    /// <exception cref="DriverException">Names the field, its value and what was expected.</exception>
    public static DescribeReply Checked(DescribeReply reply)
    {
        Expect(reply.Version == DriverProtocol.Version, "version", reply.Version, DriverProtocol.Version);
        Expect(Instance().IsMatch(reply.Instance), "instance", reply.Instance, "1 to 64 printable ASCII characters");
        Expect(reply.Name.Length is > 0 and <= NameMax && !reply.Name.Any(char.IsControl), "name", reply.Name, $"1 to {NameMax} printable characters");
        Expect(Enum.IsDefined(reply.Kind) && reply.Kind != DeviceKind.Unspecified, "kind", reply.Kind, "one of the protocol's");
        Expect(reply.MemoryBytes <= long.MaxValue, "memory_bytes", reply.MemoryBytes, $"at most {long.MaxValue}");
        Expect(reply.ComputeUnits <= int.MaxValue, "compute_units", reply.ComputeUnits, $"at most {int.MaxValue}");
        Expect(reply.VectorWidthBits <= int.MaxValue, "vector_width_bits", reply.VectorWidthBits, $"at most {int.MaxValue}");
        Expect(
            reply.LaunchBytesMax is >= (ulong)DriverProtocol.LaunchBytesLeast and <= (ulong)DriverProtocol.LaunchBytesMost,
            "launch_bytes_max", reply.LaunchBytesMax, $"{DriverProtocol.LaunchBytesLeast}..{DriverProtocol.LaunchBytesMost}");
        Expect(reply.LaunchJobsMax is >= 1 and <= DriverProtocol.LaunchJobsMost, "launch_jobs_max", reply.LaunchJobsMax, $"1..{DriverProtocol.LaunchJobsMost}");
        Expect(reply.Operations.Count is > 0 and <= OperationsMax, "number of operations", reply.Operations.Count, $"1..{OperationsMax}");
        foreach (var operation in reply.Operations)
            Expect(Operation().IsMatch(operation), "operation", operation, "lower-case letters, digits and dashes, at most 64");
        return reply;
    }

    private static void Expect(bool isSo, string field, object value, object expected)
    {
        if (!isSo)
            throw new DriverException($"The driver describes itself with {field} '{Foreign.Text(value.ToString() ?? "")}'; expected {expected}.");
    }

    [GeneratedRegex("^[!-~]{1,64}$")]
    private static partial Regex Instance();

    [GeneratedRegex("^[a-z0-9-]{1,64}$")]
    private static partial Regex Operation();
}
