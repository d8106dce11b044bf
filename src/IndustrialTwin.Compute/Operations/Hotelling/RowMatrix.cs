namespace IndustrialTwin.Operations.Hotelling;

/// <summary>Readings of several channels, one row a moment, row after row.</summary>
/// <param name="Values">Rows × <paramref name="Channels"/> values, all finite.</param>
/// <param name="Channels">Values in one row.</param>
public readonly record struct RowMatrix(ReadOnlyMemory<double> Values, int Channels)
{
    /// <summary>Channels that a row may have.</summary>
    public const int ChannelsMax = 128;

    /// <summary>Values that one job may carry.</summary>
    public const int ValuesMax = 1 << 25;

    /// <summary>Rows in the matrix.</summary>
    public int Rows => Channels > 0 ? Values.Length / Channels : 0;

    /// <summary>Values of one row.</summary>
    public ReadOnlySpan<double> Row(int index) => Values.Span.Slice(index * Channels, Channels);

    internal void Validate(string operation)
    {
        if (Channels is < 1 or > ChannelsMax)
            throw new ArgumentException($"{operation}: Channels is {Channels}; expected 1..{ChannelsMax}.");
        if (Values.Length == 0 || Values.Length % Channels != 0 || Values.Length > ValuesMax)
        {
            throw new ArgumentException(
                $"{operation}: Values holds {Values.Length}; expected a multiple of Channels = {Channels}, at least one row, at most {ValuesMax}.");
        }

        var bad = Finite.IndexOfNonFinite(Values.Span);
        if (bad >= 0)
        {
            throw new ArgumentException(
                $"{operation}: row {bad / Channels}, channel {bad % Channels} is {Values.Span[bad]}; expected a finite number.");
        }
    }
}
