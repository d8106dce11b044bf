namespace IndustrialTwin.Operations;

/// <summary>Windows of one length, one after the other in one block of memory.</summary>
/// <param name="Samples"><paramref name="Length"/> × count samples, all finite.</param>
/// <param name="Length">Samples in one window.</param>
public readonly record struct WindowBatch(ReadOnlyMemory<float> Samples, int Length)
{
    /// <summary>Samples that one job may carry.</summary>
    public const int SamplesMax = 1 << 26;

    /// <summary>Windows in the batch.</summary>
    public int Count => Length == 0 ? 0 : Stride == 0 ? Samples.Length / Length : ((Samples.Length - Length) / Stride) + 1;

    /// <summary>
    /// Samples from the start of a window to the start of the next where windows overlap, else 0. Only native forms that read windows by
    /// <see cref="Window"/> are given such.
    /// </summary>
    internal int Stride { get; init; }

    /// <summary>Samples of window <paramref name="index"/>.</summary>
    public ReadOnlySpan<float> Window(int index) => Samples.Span.Slice(index * (Stride == 0 ? Length : Stride), Length);

    /// <summary>Throws unless there is a whole number of windows, at least one, of finite samples.</summary>
    /// <param name="operation">Its name, for the message.</param>
    /// <param name="lengthMin">Least samples in a window.</param>
    /// <param name="lengthMax">Most samples in a window.</param>
    /// <exception cref="ArgumentException">Names the operation, the field, the value and what was expected.</exception>
    public void Validate(string operation, int lengthMin, int lengthMax)
    {
        if (Length < lengthMin || Length > lengthMax)
            throw new ArgumentException($"{operation}: Length is {Length}; expected {lengthMin}..{lengthMax} samples.");
        if (Samples.Length == 0 || Samples.Length % Length != 0)
            throw new ArgumentException($"{operation}: Samples holds {Samples.Length}; expected a multiple of Length = {Length}, at least one window.");
        if (Samples.Length > SamplesMax)
            throw new ArgumentException($"{operation}: Samples holds {Samples.Length}; SamplesMax is {SamplesMax}.");
        var bad = Finite.IndexOfNonFinite(Samples.Span);
        if (bad >= 0)
            throw new ArgumentException($"{operation}: Samples[{bad}] is {Samples.Span[bad]}; expected a finite number.");
    }
}
