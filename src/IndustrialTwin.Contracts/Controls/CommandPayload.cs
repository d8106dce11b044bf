using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Controls;

/// <summary>
/// The JSON form of a <see cref="MachineCommand"/>, as it travels on <see cref="TopicOf"/>:
/// <code>
/// {"control":"overload","command":"stop","value":1,"statistic":412.5,"timeUs":1700000000000000,
///  "source":"device","epoch":1,"sequence":42,"fence":7,"number":3,
///  "receivedUs":1700000000000100,"decidedUs":1700000000000400}
/// </code>
/// A fallback has no <c>statistic</c>, <c>source</c>, <c>epoch</c>, <c>sequence</c> and <c>receivedUs</c>, and says why:
/// <code>
/// {"control":"pressure","command":"speed","value":1500,"timeUs":1700000000000000,"fence":7,"number":4,
///  "decidedUs":1700000000000400,"fallback":"silent"}
/// </code>
/// </summary>
public static class CommandPayload
{
    /// <summary>The filter that matches every machine's commands.</summary>
    public const string Filter = "itwin/v1/+/+/+/commands";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The topic of a machine's commands: <c>itwin/v1/{site}/{line}/{machine}/commands</c>.</summary>
    public static string TopicOf(MachineKey machine) => $"itwin/v1/{machine.Value}/commands";

    /// <summary>Writes a command.</summary>
    public static byte[] Write(MachineCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var target = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(target))
        {
            json.WriteStartObject();
            json.WriteString("control"u8, command.Control);
            json.WriteString("command"u8, command.Command);
            json.WriteNumber("value"u8, command.Value);
            if (command.Fallback is null)
            {
                json.WriteNumber("statistic"u8, command.Statistic);
            }

            json.WriteNumber("timeUs"u8, command.TimeUs);
            if (command.Fallback is null)
            {
                json.WriteString("source"u8, command.Source);
                json.WriteNumber("epoch"u8, command.Epoch);
                json.WriteNumber("sequence"u8, command.Sequence);
            }

            json.WriteNumber("fence"u8, command.Fence);
            json.WriteNumber("number"u8, command.Number);
            if (command.ReceivedUs is { } received)
            {
                json.WriteNumber("receivedUs"u8, received);
            }

            if (command.DecidedUs is { } decided)
            {
                json.WriteNumber("decidedUs"u8, decided);
            }

            if (command.Fallback is { } reason)
            {
                json.WriteString("fallback"u8, reason);
            }

            json.WriteEndObject();
        }

        return target.WrittenSpan.ToArray();
    }

    /// <summary>Reads a command that came for a machine.</summary>
    /// <exception cref="FormatException">The payload is no command; the message names the machine and what is wrong.</exception>
    public static MachineCommand Read(MachineKey machine, ReadOnlySpan<byte> payload)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Form>(payload, Json) ?? throw new JsonException("it is null");
            if (read.Fallback is null && (read.Statistic, read.Source, read.Epoch, read.Sequence) is not ({ }, { }, { }, { }))
            {
                throw new JsonException("a decision needs 'statistic', 'source', 'epoch' and 'sequence'; only a 'fallback' has none");
            }

            return new MachineCommand(
                machine, read.Control, read.Command, read.Value, read.Statistic ?? 0, read.TimeUs, read.Source ?? string.Empty, read.Epoch ?? 0, read.Sequence ?? 0,
                read.Fence, read.Number)
            {
                ReceivedUs = read.ReceivedUs,
                DecidedUs = read.DecidedUs,
                Fallback = read.Fallback,
            };
        }
        catch (JsonException fault)
        {
            throw new FormatException($"{machine}: the payload is no command: {fault.Message}", fault);
        }
    }

    private sealed record Form(
        string Control, string Command, double Value, long TimeUs, long Fence, long Number, double? Statistic = null, string? Source = null,
        long? Epoch = null, long? Sequence = null, long? ReceivedUs = null, long? DecidedUs = null, string? Fallback = null);
}
