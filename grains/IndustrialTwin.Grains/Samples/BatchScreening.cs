using System.Text.Json;
using System.Text.Json.Serialization;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>What came out of screening a batch: every sample of it is in one of the two.</summary>
internal readonly record struct ScreenedBatch(SampleColumn[] Good, IReadOnlyList<QuarantineRecord> Bad, int SamplesGood, int SamplesBad)
{
    /// <summary>Event times of the first and the last good sample; 0 where there is none.</summary>
    public (long FirstUs, long LastUs) Span
    {
        get
        {
            long first = long.MaxValue, last = long.MinValue;
            foreach (var column in Good)
            {
                foreach (var time in column.TimesUs)
                {
                    first = Math.Min(first, time);
                    last = Math.Max(last, time);
                }
            }

            return SamplesGood == 0 ? (0, 0) : (first, last);
        }
    }
}

/// <summary>Parts the good samples of a batch from the bad ones, each bad one with its reason. A batch without bad samples is not copied.</summary>
internal static class BatchScreening
{
    private const int DetailSamples = 3;

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static ScreenedBatch Screen(SampleBatch batch, MachineDeclaration declaration, long nowUs)
    {
        List<QuarantineRecord>? bad = null;
        SampleColumn[]? good = null;
        int samplesGood = 0, samplesBad = 0, kept = 0;
        for (var c = 0; c < batch.Columns.Length; c++)
        {
            var column = batch.Columns[c];
            var clean = ScreenColumn(batch.Machine, column, declaration, nowUs, ref bad);
            if (!ReferenceEquals(clean, column))
            {
                good ??= [.. batch.Columns];
                samplesBad += column.Values.Length - (clean?.Values.Length ?? 0);
            }

            if (clean is { Values.Length: > 0 })
            {
                samplesGood += clean.Values.Length;
                if (good is not null)
                {
                    good[kept] = clean;
                }

                kept++;
            }
            else
            {
                good ??= [.. batch.Columns];
            }
        }

        good = good is null ? batch.Columns : good[..kept];
        return new ScreenedBatch(good, bad ?? (IReadOnlyList<QuarantineRecord>)[], samplesGood, samplesBad);
    }

    /// <summary>Says what makes a batch unusable as a whole, or null.</summary>
    public static string? SchemaFault(SampleBatch batch)
    {
        foreach (var column in batch.Columns)
        {
            if (column is null || column.Channel is null || column.TimesUs is null || column.Values is null)
            {
                return $"{batch.Machine}: a column lacks its channel, times or values.";
            }

            if (column.TimesUs.Length != column.Values.Length)
            {
                return $"{batch.Machine}: channel '{column.Channel}' has {column.TimesUs.Length} times and {column.Values.Length} values; expected as many of each.";
            }
        }

        for (var i = 1; i < batch.Columns.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (batch.Columns[i].Channel == batch.Columns[j].Channel)
                {
                    return $"{batch.Machine}: channel '{batch.Columns[i].Channel}' stands twice in one batch; expected once.";
                }
            }
        }

        return null;
    }

    private static SampleColumn? ScreenColumn(
        MachineKey machine, SampleColumn column, MachineDeclaration declaration, long nowUs, ref List<QuarantineRecord>? bad)
    {
        var channel = ChannelOf(declaration, column.Channel);
        if (channel is null)
        {
            var known = string.Join(", ", declaration.Channels.Select(known => known.Name));
            (bad ??= []).Add(Record(machine, nowUs, QuarantineReason.UnknownChannel, column, [.. Enumerable.Range(0, column.Values.Length)],
                $"{machine}: channel '{column.Channel}' is not declared; expected one of {known}."));
            return null;
        }

        var skewUs = declaration.ClockSkewMax is { } skew ? (long)skew.TotalMicroseconds : long.MaxValue;
        var faults = Faults(column, channel, nowUs, skewUs);
        if (faults is null)
        {
            return column;
        }

        bad ??= [];
        foreach (var group in faults.GroupBy(fault => fault.Value, fault => fault.Key))
        {
            int[] indexes = [.. group.Order()];
            bad.Add(Record(machine, nowUs, group.Key, column, indexes, Detail(machine, column, channel, declaration, nowUs, group.Key, indexes)));
        }

        int[] kept = [.. Enumerable.Range(0, column.Values.Length).Where(i => !faults.ContainsKey(i))];
        return new SampleColumn(
            column.Channel, [.. kept.Select(i => column.TimesUs[i])], [.. kept.Select(i => column.Values[i])]);
    }

    private static Dictionary<int, QuarantineReason>? Faults(SampleColumn column, ChannelDeclaration channel, long nowUs, long skewUs)
    {
        Dictionary<int, QuarantineReason>? faults = null;
        var ascending = true;
        for (var i = 0; i < column.Values.Length; i++)
        {
            var value = column.Values[i];
            var time = column.TimesUs[i];
            ascending &= i == 0 || time > column.TimesUs[i - 1];
            QuarantineReason? reason =
                !double.IsFinite(value) ? QuarantineReason.NotFinite
                : value < channel.Minimum || value > channel.Maximum ? QuarantineReason.OutOfRange
                : IsSkewed(time, nowUs, skewUs) ? QuarantineReason.ClockSkew
                : null;
            if (reason is { } known)
            {
                (faults ??= []).Add(i, known);
            }
        }

        if (!ascending)
        {
            var seen = new HashSet<long>();
            for (var i = 0; i < column.TimesUs.Length; i++)
            {
                if (faults?.ContainsKey(i) is not true && !seen.Add(column.TimesUs[i]))
                {
                    (faults ??= []).Add(i, QuarantineReason.RepeatedTime);
                }
            }
        }

        return faults;
    }

    private static bool IsSkewed(long timeUs, long nowUs, long skewUs) =>
        skewUs == long.MaxValue ? !UnixTime.IsCalendarTime(timeUs) : timeUs > nowUs + skewUs || timeUs < nowUs - skewUs;

    private static ChannelDeclaration? ChannelOf(MachineDeclaration declaration, string name)
    {
        foreach (var channel in declaration.Channels)
        {
            if (channel.Name == name)
            {
                return channel;
            }
        }

        return null;
    }

    private static string Detail(
        MachineKey machine, SampleColumn column, ChannelDeclaration channel, MachineDeclaration declaration, long nowUs, QuarantineReason reason, int[] indexes)
    {
        var values = string.Join(", ", indexes.Take(DetailSamples).Select(i => reason is QuarantineReason.ClockSkew or QuarantineReason.RepeatedTime
            ? UnixTime.ToText(column.TimesUs[i])
            : column.Values[i].ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
        var more = indexes.Length > DetailSamples ? $" and {indexes.Length - DetailSamples} more" : string.Empty;
        var expected = reason switch
        {
            QuarantineReason.NotFinite => "expected finite numbers",
            QuarantineReason.OutOfRange => FormattableString.Invariant($"expected {channel.Minimum} to {channel.Maximum} {channel.Unit}"),
            QuarantineReason.ClockSkew => declaration.ClockSkewMax is { } skew
                ? $"expected times within {skew} of the twin's clock, {UnixTime.ToText(nowUs)}"
                : "expected times of the years 1 to 9999",
            _ => "expected each time once",
        };
        return $"{machine}: channel '{column.Channel}' has {values}{more}; {expected}.";
    }

    private static QuarantineRecord Record(
        MachineKey machine, long nowUs, QuarantineReason reason, SampleColumn column, int[] indexes, string detail)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new { channel = column.Channel, timesUs = indexes.Select(i => column.TimesUs[i]), values = indexes.Select(i => column.Values[i]) }, Json);
        var length = payload.Length;
        if (length > QuarantineRecord.PayloadBytesMax)
        {
            payload = payload[..QuarantineRecord.PayloadBytesMax];
        }

        return new QuarantineRecord(nowUs, machine.Value, null, reason, detail, payload, indexes.Length, length);
    }
}
