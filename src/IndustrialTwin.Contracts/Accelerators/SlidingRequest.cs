using IndustrialTwin.Analyses;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks about windows that slide over a series, each a stride after the one before, so that what they share crosses wires once. A device may
/// hold the older samples: then only those after them need be given.
/// </summary>
/// <param name="Series">The series, unique for ever: who counts its positions anew takes another. The empty one is not to be kept.</param>
/// <param name="End">Position after the last sample of the last window; positions count from 0, and a sample's value never changes.</param>
/// <param name="Samples">The newest samples before <paramref name="End"/>: all that the windows span, or fewer.</param>
/// <param name="WindowRows">Values in a window.</param>
/// <param name="StrideRows">Values from the start of a window to the start of the next, from 1 on.</param>
/// <param name="Windows">Windows, from 1 on.</param>
[GenerateSerializer, Immutable, Alias("itwin.sliding-request")]
public abstract record SlidingRequest(
    [property: Id(0)] Guid Series,
    [property: Id(1)] long End,
    [property: Id(2)] float[] Samples,
    [property: Id(3)] int WindowRows,
    [property: Id(4)] int StrideRows,
    [property: Id(5)] int Windows) : ComputeRequest;

/// <summary>Asks for <see cref="Statistic"/>s of sliding windows. The reply's values are those of a <see cref="WindowStatisticsRequest"/>.</summary>
/// <param name="Series">As for all sliding windows.</param>
/// <param name="End">As for all sliding windows.</param>
/// <param name="Samples">As for all sliding windows.</param>
/// <param name="WindowRows">Values in a window.</param>
/// <param name="StrideRows">Values from a window's start to the next one's.</param>
/// <param name="Windows">Windows.</param>
[GenerateSerializer, Immutable, Alias("itwin.sliding-statistics-request")]
public sealed record SlidingStatisticsRequest(Guid Series, long End, float[] Samples, int WindowRows, int StrideRows, int Windows)
    : SlidingRequest(Series, End, Samples, WindowRows, StrideRows, Windows);

/// <summary>Asks for band powers of sliding windows' spectra. The reply's values are those of a <see cref="SpectrumRequest"/>.</summary>
/// <param name="Series">As for all sliding windows.</param>
/// <param name="End">As for all sliding windows.</param>
/// <param name="Samples">As for all sliding windows.</param>
/// <param name="WindowRows">Values in a window, a power of two.</param>
/// <param name="StrideRows">Values from a window's start to the next one's.</param>
/// <param name="Windows">Windows.</param>
/// <param name="RateHz">The sampling rate.</param>
/// <param name="Bands">The bands.</param>
[GenerateSerializer, Immutable, Alias("itwin.sliding-spectrum-request")]
public sealed record SlidingSpectrumRequest(
    Guid Series, long End, float[] Samples, int WindowRows, int StrideRows, int Windows, [property: Id(0)] double RateHz, [property: Id(1)] Band[] Bands)
    : SlidingRequest(Series, End, Samples, WindowRows, StrideRows, Windows);

/// <summary>What became of a series that sliding windows were asked of.</summary>
[GenerateSerializer, Alias("itwin.series-outcome")]
public enum SeriesOutcome
{
    /// <summary>Nothing: it was no such request, or the device keeps no series.</summary>
    None,

    /// <summary>The device holds its samples up to the request's end.</summary>
    Held,

    /// <summary>The device lacks samples that were not given, and computed nothing: ask again with all of them.</summary>
    Missing,
}
