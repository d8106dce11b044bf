using System.Buffers;
using Google.Protobuf;
using IndustrialTwin.Operations;
using IndustrialTwin.Protocol;
using NamedArray = IndustrialTwin.Operations.NamedArray;

namespace IndustrialTwin.Drivers;

/// <summary>
/// A <see cref="LaunchReply"/>, read with an eye on what was asked: a reply of a few megabytes could else be made of so many empty
/// messages that they fill the memory.
/// </summary>
/// <param name="Instance">The run of the driver's process that answers.</param>
/// <param name="Results">The arrays of each job.</param>
internal sealed record LaunchAnswer(string Instance, IReadOnlyList<NamedArray[]> Results)
{
    private const int ExtentsMax = 8;
    private const int NameBytesMax = 128;

    /// <summary>Reads the answer to jobs.</summary>
    /// <exception cref="InvalidDataException">It is not the answer to them.</exception>
    /// <exception cref="InvalidProtocolBufferException">It is no message.</exception>
    public static LaunchAnswer Read(ReadOnlySequence<byte> payload, IReadOnlyList<ArrayJob> jobs)
    {
        var instance = "";
        var results = new List<NamedArray[]>(jobs.Count);
        var input = Open(payload);
        while (input.ReadTag() is not 0 and var tag)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case LaunchReply.InstanceFieldNumber when WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited:
                    instance = Text(input, "instance");
                    break;
                case LaunchReply.ResultsFieldNumber when WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited:
                    if (results.Count == jobs.Count)
                        throw new InvalidDataException($"There are more results than the {jobs.Count} jobs.");
                    results.Add(Arrays(input.ReadBytes(), jobs[results.Count].Results.Length));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return results.Count == jobs.Count
            ? new LaunchAnswer(instance, results)
            : throw new InvalidDataException($"There are {results.Count} results; expected {jobs.Count}, one a job.");
    }

    private static NamedArray[] Arrays(ByteString bytes, int count)
    {
        var arrays = new List<NamedArray>(count);
        var input = bytes.CreateCodedInput();
        while (input.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) != LaunchResult.OutputsFieldNumber || WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
            {
                input.SkipLastField();
                continue;
            }

            if (arrays.Count == count)
                throw new InvalidDataException($"A result has more than {count} arrays.");
            arrays.Add(Array(input.ReadBytes()));
        }

        return [.. arrays];
    }

    private static NamedArray Array(ByteString bytes)
    {
        var (name, element, data) = ("", 0, ByteString.Empty);
        var extents = new List<long>();
        var input = bytes.CreateCodedInput();
        while (input.ReadTag() is not 0 and var tag)
        {
            var (field, isDelimited) = (WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited);
            if (field == Protocol.NamedArray.NameFieldNumber && isDelimited)
            {
                name = Text(input, "name");
            }
            else if (field == Protocol.NamedArray.ElementFieldNumber && !isDelimited)
            {
                element = input.ReadEnum();
            }
            else if (field == Protocol.NamedArray.ExtentsFieldNumber && isDelimited)
            {
                // Packed, as every writer of version 3 does it.
                var packed = input.ReadBytes().CreateCodedInput();
                while (!packed.IsAtEnd)
                    Add(extents, packed.ReadInt64());
            }
            else if (field == Protocol.NamedArray.ExtentsFieldNumber)
            {
                Add(extents, input.ReadInt64());
            }
            else if (field == Protocol.NamedArray.DataFieldNumber && isDelimited)
            {
                data = input.ReadBytes();
            }
            else
            {
                input.SkipLastField();
            }
        }

        return new NamedArray(name, (ArrayElement)element, extents, data.Memory);
    }

    private static void Add(List<long> extents, long extent)
    {
        if (extents.Count == ExtentsMax || extent < 0)
            throw new InvalidDataException($"An array has extent {extent}; expected at most {ExtentsMax} extents of 0 or more.");
        extents.Add(extent);
    }

    private static string Text(CodedInputStream input, string field)
    {
        var bytes = input.ReadBytes();
        return bytes.Length <= NameBytesMax
            ? Foreign.Text(bytes.ToStringUtf8())
            : throw new InvalidDataException($"A {field} has {bytes.Length} bytes; expected at most {NameBytesMax}.");
    }

    private static CodedInputStream Open(ReadOnlySequence<byte> payload) =>
        // One copy: the sequence belongs to the connection and is used again.
        new(payload.ToArray());
}
