namespace IndustrialTwin.Operations.Sliding;

/// <summary>
/// Windows of one length that slide over a series, each a stride after the one before. What the device still holds of the series need not
/// be given: the samples are the newest of those that the windows span, all of them or fewer.
/// </summary>
/// <param name="Series">The series.</param>
/// <param name="End">Position after the last sample of the last window.</param>
/// <param name="Samples">The samples before <paramref name="End"/>, at most <see cref="Span"/>; finite. They may be none.</param>
/// <param name="Length">Samples in a window.</param>
/// <param name="Stride">Samples from the start of a window to the start of the next, from 1 on.</param>
/// <param name="Count">Windows, from 1 on.</param>
public readonly record struct SlidingWindows(ResidentKey Series, long End, ReadOnlyMemory<float> Samples, int Length, int Stride = 1, int Count = 1)
{
    /// <summary>Samples from the start of the first window to the end of the last.</summary>
    public long Span => ((Count - 1L) * Stride) + Length;

    /// <summary>Position of the first sample of the first window.</summary>
    public long First => End - Span;

    /// <summary>Whether all samples are given, so that the windows are computed whatever the device holds.</summary>
    public bool IsWhole => Samples.Length == Span;

    /// <summary>The same windows with the last samples alone.</summary>
    /// <param name="newest">How many, 0 to those that are given.</param>
    public SlidingWindows WithNewest(int newest) => this with { Samples = Samples[^newest..] };

    /// <summary>Throws unless the numbers fit together and the samples are finite.</summary>
    /// <param name="operation">Its name, for the message.</param>
    /// <exception cref="ArgumentException">Names the operation, the field, the value and what was expected.</exception>
    public void Validate(string operation)
    {
        if (Length is < 1 or > WindowBatch.SamplesMax)
            throw new ArgumentException($"{operation}: Length is {Length}; expected 1..{WindowBatch.SamplesMax}.");
        if (Stride < 1)
            throw new ArgumentException($"{operation}: Stride is {Stride}; expected 1 or more.");
        if (Count < 1 || Span > WindowBatch.SamplesMax || (long)Count * Length > WindowBatch.SamplesMax)
            throw new ArgumentException($"{operation}: Count is {Count}; expected 1 or more, at most {WindowBatch.SamplesMax} samples in all windows.");
        if (First < 0)
            throw new ArgumentException($"{operation}: End is {End}; the windows span {Span} samples, and positions count from 0.");
        if (Samples.Length > Span)
            throw new ArgumentException($"{operation}: Samples holds {Samples.Length}; the windows span {Span}.");
        var bad = Finite.IndexOfNonFinite(Samples.Span);
        if (bad >= 0)
            throw new ArgumentException($"{operation}: Samples[{bad}] is {Samples.Span[bad]}; expected a finite number.");
    }
}
