namespace IndustrialTwin.Conformance;

/// <summary>What every device has to agree with the float64 references on: operations × batches × sizes.</summary>
public static class ConformanceSuite
{
    /// <summary>Relative error that passes.</summary>
    public const double Tolerance = 1e-6;

    /// <summary>Relative error that passes where a device computes with approximate or single-precision arithmetic throughout.</summary>
    public const double ToleranceApproximate = 1e-4;

    /// <summary>Windows or rows in a job.</summary>
    public static IReadOnlyList<int> Batches { get; } = [1, 7, 64];

    /// <summary>Cases of <see cref="OperationCase.Of"/>, with their sizes, and those of a simulator that needs tenths of a second for what devices do in microseconds.</summary>
    public static IReadOnlyList<(string Case, int[] Sizes, int[] SimulatorSizes)> Cases { get; } =
    [
        ("window-statistics", [1, 5, 33, 1024, 4096], [5, 64]),
        ("power-spectrum", [32, 64, 128, 256, 1024, 4096, 16_384], [32, 64]),
        ("power-spectrum-bands", [512, 2048], [64]),
        ("hotelling-fit", [1, 3, 8, 20], [3, 8]),
        ("hotelling-score", [1, 3, 8, 20], [3, 8]),
        ("gaussian-likelihood", [1, 10, 200], [10]),
    ];

    /// <summary>All cases.</summary>
    public static IEnumerable<(string Case, int[] Sizes, int[] SimulatorSizes)> All => Cases.Concat(Catalogue);

    /// <summary>The cases of the rest of the kernel catalogue, whose operations devices may leave to the native one.</summary>
    public static IReadOnlyList<(string Case, int[] Sizes, int[] SimulatorSizes)> Catalogue { get; } =
    [
        ("sliding-statistics", [5, 33, 1024], [5]),
        ("sliding-spectrum", [32, 256, 1024], [32]),
        ("envelope-spectrum", [32, 64, 1024, 4096, 8192], [32]),
        ("rolling-statistics", [5, 64, 1023], [5]),
        ("exponential-statistics", [1, 5, 64, 1023], [5]),
        ("matrix-profile", [16, 129, 300], [16]),
        ("forecast-fit", [1, 5, 24], [5]),
        ("forecast", [1, 5, 96], [5]),
        ("convolution", [1, 9, 40], [3]),
        ("template-difference", [1, 9, 40], [4]),
        ("autoencoder-score", [1, 5, 40], [3]),
        ("autoencoder-train", [1, 5, 40], [3]),
        ("degradation-what-if", [1, 50, 400], [7]),
        ("line-what-if", [1, 50, 400], [7]),
        ("gradient-aggregation-mean", [1, 33, 1000], [5]),
        ("gradient-aggregation-trimmed", [1, 33], [5]),
        ("gradient-aggregation-median", [1, 33], [5]),
        ("matrix-product", [1, 5, 64, 259, 512], [5]),
    ];

    /// <summary>Cases whose jobs are long, with their windows or rows and their size: they are done in steps, and by a driver in parts.</summary>
    public static IReadOnlyList<(string Case, int Batch, int Size)> Long { get; } =
    [
        ("matrix-profile", 8, 700),
        ("degradation-what-if", 1_500, 400),
        ("line-what-if", 400, 400),
        ("autoencoder-train", 40, 20),
    ];
}
