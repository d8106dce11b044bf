using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Work;

/// <summary>What a request asks of a device: the kernel that it can share a launch of, and how much of it.</summary>
/// <param name="Kernel">Operation and shape.</param>
/// <param name="Units">Its amount, in units of which a kernel's launches take a time each that does not depend on the request.</param>
/// <param name="PayloadBytes">What would have to be moved to a device, bytes.</param>
/// <param name="IsBatched">Whether requests of the kernel gain by a shared launch; one that does not is bid for.</param>
internal readonly record struct KernelDemand(string Kernel, int Units, long PayloadBytes, bool IsBatched)
{
    /// <summary>Whether a device lets more urgent work pass between its slices, so that it is as good as free meanwhile.</summary>
    public bool IsSliced { get; init; }

    /// <summary>Rows that count as one unit, where a single row is too little to.</summary>
    public const int UnitRows = 64;

    /// <exception cref="ArgumentException">No operation computes such a request, or it holds nothing.</exception>
    public static KernelDemand Of(ComputeRequest request) => request switch
    {
        WindowStatisticsRequest statistics => Windows("window-statistics", statistics.Windows, statistics.WindowRows),
        SpectrumRequest spectrum => Windows("power-spectrum", spectrum.Windows, spectrum.WindowRows),
        HotellingFitRequest fit => new($"hotelling-fit.{fit.Channels}", Rows(Checked(fit.Rows).Length / Math.Max(1, fit.Channels)), fit.Rows.Length * sizeof(double), IsBatched: false),
        HotellingScoreRequest score => new(
            $"hotelling-score.{Checked(score.Model).Mean.Length}", Rows(Checked(score.Rows).Length / Math.Max(1, score.Model.Mean.Length)), score.Rows.Length * sizeof(double), IsBatched: true),
        LikelihoodRequest likelihood => new(
            $"gaussian-likelihood.{likelihood.WindowRows}",
            Rows((int)Math.Clamp(likelihood.Origin + Checked(likelihood.Series).Length - likelihood.First, 1, int.MaxValue)),
            likelihood.Series.Length * sizeof(double),
            IsBatched: true),
        AutoencoderTrainRequest train => new(
            $"autoencoder-train.{train.Shape.Channels}", Math.Max(1, train.Steps), Checked(train.Rows).Length * sizeof(float), IsBatched: false)
        {
            IsSliced = true,
        },
        AutoencoderScoreRequest score => new(
            $"autoencoder-score.{score.Shape.Channels}", Rows(Checked(score.Rows).Length / Math.Max(1, score.Shape.Channels)), score.Rows.Length * sizeof(float), IsBatched: true),
        ReferredRequest referred => new(referred.Kernel, referred.Units, 0, IsBatched: true),
        _ => throw new ArgumentException($"No operation computes a request of type {request.GetType().Name}.", nameof(request)),
    };

    private static KernelDemand Windows(string operation, float[] windows, int windowRows)
    {
        if (windowRows < 1 || Checked(windows).Length < windowRows)
        {
            throw new ArgumentException($"{operation}: Windows holds {windows.Length} values and WindowRows is {windowRows}; expected one whole window or more.");
        }

        return new KernelDemand($"{operation}.{windowRows}", windows.Length / windowRows, windows.Length * sizeof(float), IsBatched: true);
    }

    private static T Checked<T>(T? part) => part ?? throw new ArgumentException($"The request lacks its {typeof(T).Name}.");

    private static int Rows(int rows) => Math.Max(1, (rows + UnitRows - 1) / UnitRows);
}
