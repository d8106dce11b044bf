using System.Runtime.CompilerServices;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Analyses;

/// <summary>
/// One analysis of one twin: rows go in by event time, requests for an accelerator come out, replies become feature points.
/// Which rows a request holds follows from the rows alone, not from when they came, so a replay computes the same points.
/// </summary>
internal abstract class AnalysisStage
{
    /// <summary>Values in one request at most; what is left goes into the next one.</summary>
    protected const int RequestValuesMax = 1 << 18;

    /// <summary>A step of more sampling periods than this is a hole in the data.</summary>
    private const double HolePeriods = 2.5;

    /// <summary>Declarations are one object for all twins of a type, and so are their names.</summary>
    private static readonly ConditionalWeakTable<AnalysisDeclaration, AnalysisNames> Names = [];

    private readonly RowAligner _aligner;

    protected AnalysisStage(AnalysisDeclaration declaration, AnalysisState? stored)
    {
        Declaration = declaration;
        (Channels, Features) = Names.GetValue(declaration, known => new AnalysisNames([.. known.Inputs], [.. known.Features.Select(known.FeatureName)]));
        _aligner = new RowAligner(Channels.Length, stored?.Aligner);
        Rows = new RowBuffer(Channels.Length, stored?.Rows);
    }

    public AnalysisDeclaration Declaration { get; }

    /// <summary>The channels of a row.</summary>
    public string[] Channels { get; }

    /// <summary>The full names of its features.</summary>
    public string[] Features { get; }

    /// <summary>Event time up to which its rows are complete, or <see cref="long.MinValue"/>.</summary>
    public long WatermarkUs => _aligner.DrainedUs;

    /// <summary>Rows in order that wait to be computed.</summary>
    protected RowBuffer Rows { get; }

    public static AnalysisStage Of(AnalysisDeclaration declaration, double rateHz, AnalysisState? stored = null) => declaration switch
    {
        WindowStatisticsAnalysis analysis => new StatisticsStage(analysis, rateHz, stored),
        SpectrumAnalysis analysis => new SpectrumStage(analysis, stored),
        EnvelopeAnalysis analysis => new EnvelopeStage(analysis, stored),
        MatrixProfileAnalysis analysis => new MatrixProfileStage(analysis, rateHz, stored),
        AutoencoderAnalysis analysis => new AutoencoderStage(analysis, stored),
        ForecastAnalysis analysis => new ForecastStage(analysis, rateHz, stored),
        RollingAnalysis analysis => new RollingStage(analysis, stored),
        HotellingAnalysis analysis => new HotellingStage(analysis, stored),
        LikelihoodAnalysis analysis => new LikelihoodStage(analysis, stored),
        _ => throw new NotSupportedException($"No stage computes an analysis of type {declaration.GetType().Name}."),
    };

    /// <summary>Takes samples of one of its channels; returns how many came too late for it.</summary>
    public int Add(int channel, SampleColumn column) => _aligner.Add(channel, column.TimesUs, column.Values);

    /// <summary>Moves complete rows on to where they wait to be computed.</summary>
    public void Advance(long latenessUs) => _aligner.Drain(latenessUs, Rows);

    /// <summary>The next piece of work, or null. Asked again only after <see cref="Accept"/>.</summary>
    public abstract ComputeRequest? NextRequest();

    /// <summary>Takes the answer to the last request: a value a point and feature, point by point.</summary>
    public abstract FeaturePoints Accept(ComputeReply reply);

    /// <summary>Gives up the last request: its rows get no point.</summary>
    public abstract void Abandon();

    public abstract AnalysisState ToStored();

    /// <summary>The time between two rows from which on there is a hole between them, microseconds.</summary>
    protected static long HoleUs(double rateHz) => (long)(HolePeriods * 1e6 / rateHz);

    private sealed record AnalysisNames(string[] Channels, string[] Features);

    protected AnalysisState ToStored(HotellingModelData? model, long rowIndex, double[] history) =>
        new(Declaration.Name, _aligner.ToStored(), Rows.ToStored(), model, rowIndex, history);
}

/// <summary>Points that an analysis computed: times, and a value a feature for each, point by point.</summary>
internal readonly record struct FeaturePoints(long[] TimesUs, double[] Values)
{
    public static FeaturePoints None { get; } = new([], []);
}

/// <summary>An analysis as stored.</summary>
[GenerateSerializer, Immutable, Alias("itwin.analysis-state")]
internal sealed record AnalysisState(
    [property: Id(0)] string Analysis,
    [property: Id(1)] RowAlignerState Aligner,
    [property: Id(2)] RowBufferState Rows,
    [property: Id(3)] HotellingModelData? Model,
    [property: Id(4)] long RowIndex,
    [property: Id(5)] double[] History)
{
    /// <summary>How its channels are scaled, where that is learned.</summary>
    [Id(6)]
    public RowScaling? Scaling { get; init; }

    /// <summary>The autoencoder, in training or trained, else null.</summary>
    [Id(7)]
    public AutoencoderStateData? Autoencoder { get; init; }

    /// <summary>The fitted forecast, else null.</summary>
    [Id(8)]
    public ForecastModelData? Forecast { get; init; }

    /// <summary>What its scores are divided by, or null while that is not learned.</summary>
    [Id(9)]
    public double? Limit { get; init; }
}
