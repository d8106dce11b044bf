using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>Reads the JSON form of <see cref="SamplePayload"/>, strictly, in one pass.</summary>
internal ref partial struct SamplePayloadReader
{
    private readonly MachineKey _machine;
    private readonly ReadOnlySpan<byte> _payload;
    private readonly List<ParsedColumn> _columns = [];
    private Utf8JsonReader _json;
    private QuarantineReason? _reason;
    private string? _detail;
    private int _values;
    private int _left;
    private bool _isHasty = true;

    internal SamplePayloadReader(MachineKey machine, ReadOnlySpan<byte> payload)
    {
        _machine = machine;
        _payload = payload;
        _left = payload.Length;
        _json = NewReader();
    }

    internal SamplePayloadReply Read(string? traceParent)
    {
        if (_payload.Length > SamplePayload.PayloadBytesMax)
        {
            Refuse(QuarantineReason.TooLarge, "payload", $"{_payload.Length} bytes", $"at most {SamplePayload.PayloadBytesMax}", 0);
        }
        else if (!Utf8.IsValid(_payload))
        {
            var at = InvalidUtf8At(_payload);
            Refuse(QuarantineReason.InvalidUtf8, "payload", $"byte 0x{_payload[at]:X2}", "UTF-8", at);
        }
        else
        {
            if (TryRead(traceParent, out var batch) || IsGoodOnSecondThought(traceParent, out batch))
            {
                return new SamplePayloadReply(batch, null, null);
            }
        }

        return new SamplePayloadReply(null, _reason, _detail);
    }

    private bool TryRead(string? traceParent, out SampleBatch? batch)
    {
        try
        {
            return TryReadBatch(traceParent, out batch);
        }
        catch (JsonException fault)
        {
            // The reader has no form that answers; the cost of an exception is the sender's to avoid.
            batch = null;
            return Refuse(QuarantineReason.MalformedJson, "payload", fault.Message, "JSON of the sample batch form", _json.BytesConsumed);
        }
    }

    /// <summary>Reads a payload that was refused once more, number by number, so that the reason names its place.</summary>
    private bool IsGoodOnSecondThought(string? traceParent, out SampleBatch? batch)
    {
        (_isHasty, _values, _reason, _detail) = (false, 0, null, null);
        _columns.Clear();
        _json = NewReader();
        _left = _payload.Length;
        return TryRead(traceParent, out batch);
    }

    private readonly Utf8JsonReader NewReader() => new(_payload, new JsonReaderOptions { MaxDepth = SamplePayload.DepthMax });

    private bool TryReadBatch(string? traceParent, out SampleBatch? batch)
    {
        batch = null;
        string? source = null;
        long? epoch = null, sequence = null;
        var times = default(ParsedTimes);
        var channels = false;
        _json.Read();
        if (!Expect(JsonTokenType.StartObject, "batch", "an object"))
        {
            return false;
        }

        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (_json.ValueTextEquals("source"u8))
            {
                if (source is not null ? !Twice("source") : !TryReadName("source", SamplePayload.SourceLengthMax, out source))
                {
                    return false;
                }
            }
            else if (_json.ValueTextEquals("epoch"u8))
            {
                if (epoch is not null ? !Twice("epoch") : !TryReadInteger("epoch", out epoch))
                {
                    return false;
                }
            }
            else if (_json.ValueTextEquals("sequence"u8))
            {
                if (sequence is not null ? !Twice("sequence") : !TryReadInteger("sequence", out sequence))
                {
                    return false;
                }
            }
            else if (_json.ValueTextEquals("channels"u8))
            {
                if (channels ? !Twice("channels") : !TryReadChannels())
                {
                    return false;
                }

                channels = true;
            }
            else if (!TryReadTimesMember("batch", ref times))
            {
                return false;
            }
        }

        // Read beyond the object's end so that data after it is found.
        if (_json.Read() || epoch is null || sequence is null || !channels)
        {
            var missing = epoch is null ? "epoch" : sequence is null ? "sequence" : "channels";
            return Schema(missing, "nothing", "the member to be present");
        }

        return TryResolve(times, out var columns)
            && (batch = new SampleBatch(_machine, source ?? SampleBatch.DefaultSource, epoch.Value, sequence.Value, columns, traceParent)) is not null;
    }

    private bool TryReadChannels()
    {
        _json.Read();
        if (!Expect(JsonTokenType.StartObject, "channels", "an object"))
        {
            return false;
        }

        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryText("channels", SamplePayload.ChannelNameLengthMax, out var name))
            {
                return false;
            }

            if (IsKnown(name!))
            {
                return Twice($"channels/{name}");
            }

            if (_columns.Count == SamplePayload.ColumnsMax)
            {
                return Refuse(
                    QuarantineReason.TooLarge, "channels", $"more than {SamplePayload.ColumnsMax}", $"at most {SamplePayload.ColumnsMax}", _json.TokenStartIndex);
            }

            _json.Read();
            var at = _json.TokenStartIndex;
            if (_json.TokenType == JsonTokenType.StartArray)
            {
                if (!TryReadValues(name!, out var values, out var nulls))
                {
                    return false;
                }

                _columns.Add(new ParsedColumn(name!, null, values, nulls, at));
            }
            else if (_json.TokenType == JsonTokenType.StartObject)
            {
                if (!TryReadOwnColumn(name!, at))
                {
                    return false;
                }
            }
            else
            {
                return Schema($"channels/{name}", Token(), "a list of values, or an object with times and values");
            }
        }

        return true;
    }

    private readonly bool IsKnown(string name)
    {
        foreach (ref readonly var column in CollectionsMarshal.AsSpan(_columns))
        {
            if (column.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryReadOwnColumn(string name, long at)
    {
        var times = default(ParsedTimes);
        double[]? values = null;
        var nulls = 0;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (!_json.ValueTextEquals("values"u8))
            {
                if (!TryReadTimesMember(name, ref times))
                {
                    return false;
                }

                continue;
            }

            if (values is not null)
            {
                return Twice($"channels/{name}/values");
            }

            _json.Read();
            if (!Expect(JsonTokenType.StartArray, $"channels/{name}/values", "a list of values")
                || !TryReadValues(name, out values, out nulls))
            {
                return false;
            }
        }

        if (values is null)
        {
            return Schema($"channels/{name}/values", "nothing", "the member to be present");
        }

        _columns.Add(new ParsedColumn(name, times, values, nulls, at));
        return true;
    }

    /// <summary>Reads one of the members that say the times; any other member is unknown and refused.</summary>
    private bool TryReadTimesMember(string owner, ref ParsedTimes times)
    {
        if (_json.ValueTextEquals("timesUs"u8))
        {
            if (times.TimesUs is not null)
            {
                return Twice($"{owner}/timesUs");
            }

            _json.Read();
            return Expect(JsonTokenType.StartArray, $"{owner}/timesUs", "a list of integers") && TryReadTimes(owner, out times.TimesUs);
        }

        if (_json.ValueTextEquals("startUs"u8))
        {
            return times.StartUs is not null ? Twice($"{owner}/startUs") : TryReadInteger($"{owner}/startUs", out times.StartUs);
        }

        if (_json.ValueTextEquals("count"u8))
        {
            return times.Count is not null ? Twice($"{owner}/count") : TryReadInteger($"{owner}/count", out times.Count);
        }

        if (!_json.ValueTextEquals("stepUs"u8))
        {
            return Schema($"{owner}/{Shown(_json.ValueSpan)}", "an unknown member", "only the members of the batch form");
        }

        if (times.StepUs is not null)
        {
            return Twice($"{owner}/stepUs");
        }

        _json.Read();
        if (_json.TokenType != JsonTokenType.Number || !_json.TryGetDouble(out var step) || !double.IsFinite(step) || step <= 0)
        {
            return Schema($"{owner}/stepUs", Token(), "a number of microseconds above 0");
        }

        times.StepUs = step;
        return true;
    }

    private bool TryReadInteger(string field, out long? value)
    {
        value = null;
        _json.Read();
        if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out var read))
        {
            return Schema(field, Token(), "an integer");
        }

        value = read;
        return true;
    }

    private bool TryReadName(string field, int lengthMax, out string? name)
    {
        name = null;
        _json.Read();
        return Expect(JsonTokenType.String, field, "a text") && TryText(field, lengthMax, out name);
    }

    private bool TryText(string field, int lengthMax, out string? text)
    {
        text = null;
        try
        {
            text = KnownNames.Read(ref _json);
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: JSON by its grammar, but no text.
        }

        return text is { Length: > 0 } && text.Length <= lengthMax || Schema(field, Token(), $"a text of 1 to {lengthMax} characters");
    }

    private bool Expect(JsonTokenType type, string field, string expected) => _json.TokenType == type || Schema(field, Token(), expected);

    private bool Twice(string field) => Schema(field, "a second one", "the member once");

    private bool Schema(string field, string found, string expected) =>
        Refuse(QuarantineReason.InvalidSchema, field, found, expected, _json.TokenStartIndex);

    private bool Refuse(QuarantineReason reason, string field, string found, string expected, long at)
    {
        _reason ??= reason;
        _detail ??= $"Machine {_machine}, {field}: found {found}, expected {expected}; at byte {at}.";
        return false;
    }

    private readonly string Token() => _json.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.EndArray or JsonTokenType.EndObject => "an end",
        JsonTokenType.String or JsonTokenType.PropertyName => $"'{Shown(_json.ValueSpan)}'",
        _ => Shown(_json.ValueSpan),
    };

    private static string Shown(ReadOnlySpan<byte> text)
    {
        const int ShownMax = 80;
        return text.Length <= ShownMax ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..ShownMax]) + "…";
    }

    private static int InvalidUtf8At(ReadOnlySpan<byte> payload)
    {
        var at = 0;
        while (at < payload.Length && Rune.DecodeFromUtf8(payload[at..], out _, out var used) == OperationStatus.Done)
        {
            at += used;
        }

        return at;
    }
}
