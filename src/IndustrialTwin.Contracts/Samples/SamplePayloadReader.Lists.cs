using System.Buffers;
using System.Text.Json;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>The lists of times and values, and what columns they make.</summary>
internal ref partial struct SamplePayloadReader
{
    private bool TryReadTimes(string owner, out long[]? times)
    {
        times = null;
        if (IsWorthHaste() && PlainNumbers.TryRead(List(), SamplePayload.SamplesMax, out times, out var end))
        {
            Skip(end);
            return true;
        }

        var buffer = ArrayPool<long>.Shared.Rent(256);
        try
        {
            var count = 0;
            while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            {
                if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out var time))
                {
                    return Schema($"{owner}/timesUs/{count}", Token(), "an integer, microseconds since 1970-01-01 UTC");
                }

                if (count == SamplePayload.SamplesMax)
                {
                    return Refuse(
                        QuarantineReason.TooLarge, $"{owner}/timesUs", $"more than {count}", $"at most {count} times", _json.TokenStartIndex);
                }

                if (count == buffer.Length)
                {
                    var larger = ArrayPool<long>.Shared.Rent(count * 2);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<long>.Shared.Return(buffer);
                    buffer = larger;
                }

                buffer[count++] = time;
            }

            times = buffer.AsSpan(0, count).ToArray();
            return true;
        }
        finally
        {
            ArrayPool<long>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads values with NaN for null, which no JSON number can be.</summary>
    private bool TryReadValues(string channel, out double[] values, out int nulls)
    {
        values = [];
        nulls = 0;
        if (IsWorthHaste() && PlainNumbers.TryRead(List(), SamplePayload.SamplesMax - _values, out values, out var end))
        {
            _values += values.Length;
            Skip(end);
            return true;
        }

        var buffer = ArrayPool<double>.Shared.Rent(256);
        try
        {
            var count = 0;
            while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            {
                var value = double.NaN;
                if (_json.TokenType == JsonTokenType.Null)
                {
                    nulls++;
                }
                else if (_json.TokenType != JsonTokenType.Number || !_json.TryGetDouble(out value))
                {
                    return Schema($"channels/{channel}/{count}", Token(), "a number or null");
                }

                if (++_values > SamplePayload.SamplesMax)
                {
                    return Refuse(
                        QuarantineReason.TooLarge,
                        $"channels/{channel}",
                        $"more than {SamplePayload.SamplesMax} values in the batch",
                        $"at most {SamplePayload.SamplesMax}",
                        _json.TokenStartIndex);
                }

                if (count == buffer.Length)
                {
                    var larger = ArrayPool<double>.Shared.Rent(count * 2);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<double>.Shared.Return(buffer);
                    buffer = larger;
                }

                buffer[count++] = value;
            }

            values = buffer.AsSpan(0, count).ToArray();
            return true;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(buffer);
        }
    }

    private readonly bool IsWorthHaste()
    {
        const int ShortBytes = 48; // A shorter list is read before the reader could be set up anew behind it.
        var list = List();
        return _isHasty && list.Length > ShortBytes && !list[..ShortBytes].Contains((byte)']');
    }

    /// <summary>What comes after a list's opening bracket.</summary>
    private readonly ReadOnlySpan<byte> List() => _payload[(_payload.Length - _left + (int)_json.BytesConsumed)..];

    /// <summary>Goes on at a list's closing bracket, as if the list were empty.</summary>
    private void Skip(int end)
    {
        var rest = List()[end..];
        _json = new Utf8JsonReader(rest, isFinalBlock: true, _json.CurrentState);
        _left = rest.Length;
        _json.Read();
    }

    private bool TryResolve(ParsedTimes shared, out SampleColumn[] columns)
    {
        columns = new SampleColumn[_columns.Count];
        if (!shared.IsNone && !Check("batch", shared, 0))
        {
            return false;
        }

        long[]? sharedUs = null;
        for (var c = 0; c < columns.Length; c++)
        {
            var column = _columns[c];
            long[] timesUs;
            if (column.Times is { } own)
            {
                if (!Check($"channels/{column.Name}", own, column.At) || !Fits(column, own.Length))
                {
                    return false;
                }

                timesUs = own.Expand(column.Values.Length);
            }
            else
            {
                if (shared.IsNone)
                {
                    return Refuse(
                        QuarantineReason.InvalidSchema, $"channels/{column.Name}", "no times", "times of its own or of the batch", column.At);
                }

                if (!Fits(column, sharedUs?.Length ?? shared.Length))
                {
                    return false;
                }

                timesUs = sharedUs ??= shared.Expand(column.Values.Length);
            }

            columns[c] = column.Nulls == 0
                ? new SampleColumn(column.Name, timesUs, column.Values)
                : WithoutNulls(column, timesUs);
        }

        return true;
    }

    private bool Fits(ParsedColumn column, int? times) =>
        times is null || times == column.Values.Length
        || Refuse(
            QuarantineReason.InvalidSchema, $"channels/{column.Name}", $"{column.Values.Length} values", $"{times} as there are times", column.At);

    private bool Check(string owner, ParsedTimes times, long at)
    {
        var regular = times.StartUs is not null || times.StepUs is not null || times.Count is not null;
        if (times.TimesUs is not null ? regular : times.StartUs is null || times.StepUs is null)
        {
            return Refuse(
                QuarantineReason.InvalidSchema, owner, "incomplete or contradicting times", "either timesUs, or startUs with stepUs", at);
        }

        if (times.Count is < 0 or > SamplePayload.SamplesMax)
        {
            return Refuse(
                QuarantineReason.InvalidSchema, $"{owner}/count", $"{times.Count}", $"0 to {SamplePayload.SamplesMax}", at);
        }

        return times.TimesUs is not null
            || SamplePayloadTimes.InRange(times.StartUs!.Value, times.StepUs!.Value, (int)(times.Count ?? SamplePayload.SamplesMax))
            || Refuse(
                QuarantineReason.InvalidSchema, $"{owner}/stepUs", $"{times.StartUs} + i · {times.StepUs}", "times within 64 bits", at);
    }

    private static SampleColumn WithoutNulls(ParsedColumn column, long[] timesUs)
    {
        var kept = column.Values.Length - column.Nulls;
        var times = new long[kept];
        var values = new double[kept];
        for (int from = 0, to = 0; from < column.Values.Length; from++)
        {
            if (!double.IsNaN(column.Values[from]))
            {
                times[to] = timesUs[from];
                values[to++] = column.Values[from];
            }
        }

        return new SampleColumn(column.Name, times, values);
    }

    private readonly record struct ParsedColumn(string Name, ParsedTimes? Times, double[] Values, int Nulls, long At);

    private struct ParsedTimes
    {
        public long[]? TimesUs;
        public long? StartUs;
        public double? StepUs;
        public long? Count;

        public readonly bool IsNone => TimesUs is null && StartUs is null && StepUs is null && Count is null;

        public readonly int? Length => TimesUs?.Length ?? (int?)Count;

        public readonly long[] Expand(int count) => TimesUs ?? SamplePayloadTimes.Expand(StartUs!.Value, StepUs!.Value, count);
    }
}
