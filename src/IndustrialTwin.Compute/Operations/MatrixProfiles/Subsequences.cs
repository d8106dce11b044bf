namespace IndustrialTwin.Operations.MatrixProfiles;

/// <summary>
/// What the recurrence of the covariances needs of a series (SCAMP, section 3): cov(i, j) = cov(i-1, j-1) + f[i] g[j] + f[j] g[i] with
/// f[i] = (x[i+m-1] - x[i-1]) / 2 and g[i] = (x[i+m-1] - μ[i]) + (x[i-1] - μ[i-1]).
/// </summary>
internal sealed class Subsequences
{
    public double[] Samples { get; private set; } = [];

    public double[] Mean { get; private set; } = [];

    /// <summary>1 over the length of the centred subsequence; 0 when it never moves.</summary>
    public double[] Inverse { get; private set; } = [];

    public double[] F { get; private set; } = [];

    public double[] G { get; private set; } = [];

    public int Count { get; private set; }

    private int _width;
    private int _prepared;
    private int _unmoved;

    /// <summary>Prepares a series; the arrays are used again for the next of its length.</summary>
    public void Prepare(ReadOnlySpan<float> series, int width)
    {
        Start(series, width);
        Advance(Count);
    }

    /// <summary>Begins to prepare a series; the rest is up to <see cref="Advance"/>.</summary>
    public void Start(ReadOnlySpan<float> series, int width)
    {
        (Count, _width, _prepared, _unmoved) = (series.Length - width + 1, width, 0, 1);
        if (Samples.Length != series.Length || Mean.Length != Count)
        {
            Samples = new double[series.Length];
            (Mean, Inverse, F, G) = (new double[Count], new double[Count], new double[Count], new double[Count]);
        }

        // Correlations do not see an offset; without it the covariances are of the size of the signal.
        var total = 0.0;
        foreach (var x in series)
            total += x;
        var offset = total / series.Length;
        for (var i = 0; i < series.Length; i++)
            Samples[i] = series[i] - offset;
        for (var i = 1; i < width; i++)
            _unmoved = Samples[i] == Samples[i - 1] ? _unmoved + 1 : 1;
    }

    /// <summary>Prepares so many subsequences more; says whether that were all.</summary>
    public bool Advance(int subsequences)
    {
        var (width, end) = (_width, Math.Min(Count, _prepared + subsequences));
        for (var i = _prepared; i < end; i++)
        {
            if (i > 0)
                _unmoved = Samples[i + width - 1] == Samples[i + width - 2] ? _unmoved + 1 : 1;
            var window = Samples.AsSpan(i, width);
            var (sum, squares) = (0.0, 0.0);
            foreach (var x in window)
                sum += x;
            var mean = sum / width;
            foreach (var x in window)
                squares += (x - mean) * (x - mean);
            Mean[i] = mean;
            Inverse[i] = _unmoved >= width ? 0 : 1 / Math.Sqrt(squares);
            if (i > 0)
            {
                F[i] = 0.5 * (Samples[i + width - 1] - Samples[i - 1]);
                G[i] = Samples[i + width - 1] - mean + (Samples[i - 1] - Mean[i - 1]);
            }
        }

        _prepared = end;
        return _prepared == Count;
    }

    /// <summary>Covariance, times m, of two subsequences from the definition.</summary>
    public double Covariance(int i, int j, int width)
    {
        var (x, y) = (Mean[i], Mean[j]);
        var sum = 0.0;
        for (var k = 0; k < width; k++)
            sum += (Samples[i + k] - x) * (Samples[j + k] - y);
        return sum;
    }
}
