namespace IndustrialTwin.Samples;

/// <summary>
/// A payload's channels as they were read. Members come in any order, so which times a channel has is known only at the end.
/// </summary>
internal sealed class SamplePayloadDraft
{
    private readonly List<DraftColumn> _columns = [];

    internal void Add(DraftColumn column) => _columns.Add(column);

    /// <summary>Gives each channel its times; says where that cannot be done, or null.</summary>
    internal DraftFault? Resolve(DraftTimes shared, out SampleColumn[] columns)
    {
        columns = new SampleColumn[_columns.Count];
        if (!shared.IsNone && shared.Fault("batch", 0) is { } contradicting)
        {
            return contradicting;
        }

        long[]? sharedUs = null;
        for (var c = 0; c < columns.Length; c++)
        {
            var column = _columns[c];
            long[] timesUs;
            if (column.Times is { } own)
            {
                if ((own.Fault($"channels/{column.Name}", column.At) ?? column.Fault(own.Length)) is { } fault)
                {
                    return fault;
                }

                timesUs = own.Expand(column.Values.Length);
            }
            else
            {
                if (shared.IsNone)
                {
                    return new DraftFault($"channels/{column.Name}", "no times", "times of its own or of the batch", column.At);
                }

                if (column.Fault(sharedUs?.Length ?? shared.Length) is { } fault)
                {
                    return fault;
                }

                timesUs = sharedUs ??= shared.Expand(column.Values.Length);
            }

            columns[c] = column.Nulls == 0 ? new SampleColumn(column.Name, timesUs, column.Values) : column.WithoutNulls(timesUs);
        }

        return null;
    }
}

/// <summary>Where a draft contradicts itself: the field, what was found, what was expected, and the byte.</summary>
internal readonly record struct DraftFault(string Field, string Found, string Expected, long At);

/// <summary>A channel as it was read: times of its own or none, and values with NaN for null.</summary>
internal sealed record DraftColumn(string Name, DraftTimes? Times, double[] Values, int Nulls, long At)
{
    /// <summary>Says that there are not as many values as times, or null.</summary>
    internal DraftFault? Fault(int? times) => times is null || times == Values.Length
        ? null
        : new DraftFault($"channels/{Name}", $"{Values.Length} values", $"{times} as there are times", At);

    internal SampleColumn WithoutNulls(long[] timesUs)
    {
        var kept = Values.Length - Nulls;
        var times = new long[kept];
        var values = new double[kept];
        for (int from = 0, to = 0; from < Values.Length; from++)
        {
            if (!double.IsNaN(Values[from]))
            {
                times[to] = timesUs[from];
                values[to++] = Values[from];
            }
        }

        return new SampleColumn(Name, times, values);
    }
}

/// <summary>Times as they were read: a list, or a start and a step with an optional count.</summary>
internal struct DraftTimes
{
    internal long[]? TimesUs;
    internal long? StartUs;
    internal double? StepUs;
    internal long? Count;

    internal readonly bool IsNone => TimesUs is null && StartUs is null && StepUs is null && Count is null;

    internal readonly int? Length => TimesUs?.Length ?? (int?)Count;

    internal readonly long[] Expand(int count) => TimesUs ?? SamplePayloadTimes.Expand(StartUs!.Value, StepUs!.Value, count);

    /// <summary>Says what is wrong with them, or null.</summary>
    internal readonly DraftFault? Fault(string owner, long at)
    {
        var regular = StartUs is not null || StepUs is not null || Count is not null;
        if (TimesUs is not null ? regular : StartUs is null || StepUs is null)
        {
            return new DraftFault(owner, "incomplete or contradicting times", "either timesUs, or startUs with stepUs", at);
        }

        if (Count is < 0 or > SamplePayload.SamplesMax)
        {
            return new DraftFault($"{owner}/count", $"{Count}", $"0 to {SamplePayload.SamplesMax}", at);
        }

        return TimesUs is not null || SamplePayloadTimes.InRange(StartUs!.Value, StepUs!.Value, (int)(Count ?? SamplePayload.SamplesMax))
            ? null
            : new DraftFault($"{owner}/stepUs", $"{StartUs} + i · {StepUs}", "times within 64 bits", at);
    }
}
