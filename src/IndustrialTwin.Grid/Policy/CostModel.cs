namespace IndustrialTwin.Policy;

/// <summary>
/// Learns what launches of one kernel on one device cost from how long they took: time = a + b·n. Least squares of the relative error,
/// since a tenth of a short launch matters as much as a tenth of a long one, over the last launches, of which older ones count less. A
/// launch far off the others counts little; several of them in a row on the same side are a change of the device, not outliers, and
/// then all before them is forgotten. A size beyond those that were seen is news and no outlier. What the launches do not tell is kept
/// of the estimate before: launches of equal size say nothing of a against b, and scale both.
/// </summary>
public sealed class CostModel
{
    private const int LaunchesKept = 64;
    private const double Forgetting = 0.97;
    private const double OutlierScales = 3;
    private const double ScaleMin = 0.002;

    /// <summary>Of few launches it is not known how far they are off: they may be off by this over their number, at one standard deviation.</summary>
    private const double ScaleUnknown = 0.2;
    private const double ErrorRatioUnknown = 0.1;

    /// <summary>
    /// A launch that the machine held up for a thousand times its time says nothing of what launches need: a bound that believed it would
    /// have queues hold everything for too late, so that no launch came to correct it.
    /// </summary>
    private const double ErrorRatioMost = 1;
    private const int ChangeRun = 4;
    private const int ErrorsKept = 256;
    private const int ErrorsNeeded = 32;
    private const int WarmUp = 4;

    /// <summary>How often the launches are weighed again by what the fit before makes of them.</summary>
    private const int Passes = 3;

    /// <summary>A first fit that leaves launches so many times as far off as the estimate before does is bent.</summary>
    private const double BentRatio = 1.2;

    /// <summary>Launches that the estimate before counts as much as.</summary>
    private const double EstimateWeight = 0.15;

    /// <summary>Of standard deviations of the normal distribution over its median absolute one.</summary>
    private const double NormalScale = 1.4826;

    private readonly int[] _units = new int[LaunchesKept];
    private readonly double[] _times = new double[LaunchesKept];
    private readonly float[] _errors = new float[ErrorsKept];
    private double _setupUs;
    private double _unitUs;
    private double _scale = 0.02;
    private int _kept;
    private int _run;
    private int _unitsLeast;
    private int _unitsMost;
    private double _errorRatio = ErrorRatioUnknown;
    private readonly bool _isGiven;

    /// <summary>A model that knows nothing; the first launches calibrate it.</summary>
    public CostModel()
    {
    }

    /// <summary>A model that begins with an estimate, such as what the device measured when it started, and corrects it.</summary>
    public CostModel(CostEstimate estimate) => (_setupUs, _unitUs, _errorRatio, _isGiven) = (estimate.SetupUs, estimate.UnitUs, estimate.ErrorRatio, true);

    /// <summary>Launches that the model has seen.</summary>
    public long Launches { get; private set; }

    /// <summary>Whether it can predict: it was given an estimate or has seen a launch.</summary>
    public bool IsCalibrated => _isGiven || Launches > 0;

    /// <summary>The absolute relative error of the last predictions that 99 of 100 did not exceed; 0.1 is ten per cent.</summary>
    public double ErrorP99 { get; private set; } = ErrorRatioUnknown;

    /// <summary>What the model knows now.</summary>
    public CostEstimate Estimate => new(_setupUs, _unitUs, _errorRatio);

    /// <summary>Whether a launch is so far off the prediction that it says more of the machine, which did something else, than of the kernel.</summary>
    /// <param name="units">Its units, 1 or more.</param>
    /// <param name="elapsedUs">How long it took, microseconds, more than 0.</param>
    public bool IsOutlier(int units, double elapsedUs) =>
        Launches >= WarmUp && units >= _unitsLeast / 2 && units / 2 <= _unitsMost && Math.Abs(ErrorOf(units, elapsedUs)) > OutlierScales * _scale;

    /// <summary>Learns from a launch.</summary>
    /// <param name="units">Its units, 1 or more.</param>
    /// <param name="elapsedUs">How long it took, microseconds, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Observe(int units, double elapsedUs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(elapsedUs);
        if (!double.IsFinite(elapsedUs))
            throw new ArgumentOutOfRangeException(nameof(elapsedUs), elapsedUs, "A launch takes a finite time.");
        if (!IsCalibrated)
            (_setupUs, _unitUs) = (elapsedUs / 2, elapsedUs / 2 / units);
        var error = ErrorOf(units, elapsedUs);
        var side = IsOutlier(units, elapsedUs) ? Math.Sign(error) : 0;
        _run = side != 0 && side == Math.Sign(_run) ? _run + side : side;
        Keep(units, elapsedUs);
        var run = Math.Abs(_run);
        if (run >= ChangeRun)
            _kept = Math.Min(_kept, run);
        if (run is 0 or >= ChangeRun)
            Fit(); // Until it is known what outliers are, they teach nothing.
        if (Launches >= WarmUp)
            Remember(error);
        Launches++;
    }

    private double ErrorOf(int units, double elapsedUs) => elapsedUs / Math.Max(double.Epsilon, Estimate.TimeUs(units)) - 1;

    private void Keep(int units, double elapsedUs)
    {
        var at = Launches % LaunchesKept;
        (_units[at], _times[at]) = (units, elapsedUs);
        _kept = Math.Min(_kept + 1, LaunchesKept);
    }

    private void Fit()
    {
        (_unitsLeast, _unitsMost) = (int.MaxValue, 0);
        for (var age = 0; age < _kept; age++)
            (_unitsLeast, _unitsMost) = (Math.Min(_unitsLeast, Kept(age).Units), Math.Max(_unitsMost, Kept(age).Units));
        var (setup, unit) = Solve(_setupUs, _unitUs, true);
        _scale = ScaleOf(setup, unit);
        // A single launch of a size far from the others can bend the first fit to itself; the estimate before then tells of most better.
        if (ScaleOf(_setupUs, _unitUs) is var before && before * BentRatio < _scale)
            (setup, unit, _scale) = (_setupUs, _unitUs, before);
        for (var pass = 1; pass < Passes; pass++)
            (setup, unit) = Solve(setup, unit, false);
        (_setupUs, _unitUs) = (setup, unit);
    }

    /// <summary>How far the launches are off a fit: their standard deviation as parts of it, by the middle one, which outliers do not move.</summary>
    private double ScaleOf(double setup, double unit)
    {
        Span<double> errors = stackalloc double[_kept];
        for (var age = 0; age < _kept; age++)
        {
            var (n, y) = Kept(age);
            errors[age] = Math.Abs(y / (setup + unit * n) - 1);
        }

        errors.Sort();
        return Math.Max(ScaleMin + ScaleUnknown / _kept, NormalScale * errors[_kept / 2]);
    }

    /// <summary>The weighted fit: of errors relative to the fit given, or to the launches themselves, which counts long outliers little.</summary>
    private (double SetupUs, double UnitUs) Solve(double setup, double unit, bool isFirst)
    {
        double weights = 0, sumN = 0, sumNN = 0, sumY = 0, sumNY = 0, sumPP = 0, sumPY = 0;
        var recency = 1.0;
        for (var age = 0; age < _kept; age++)
        {
            var (n, y) = Kept(age);
            var reference = isFirst ? y : setup + unit * n;
            var error = Math.Abs(y / reference - 1);
            var trust = Math.Min(1, OutlierScales * _scale / error);
            var weight = recency * trust * trust / (reference * reference);
            var before = Estimate.TimeUs(n);
            weights += weight;
            sumN += weight * n;
            sumNN += weight * n * n;
            sumY += weight * y;
            sumNY += weight * n * y;
            sumPP += weight * before * before;
            sumPY += weight * before * y;
            recency *= Forgetting;
        }

        // The estimate before, as fast as the launches are, holds what they do not tell.
        var speed = sumPP > 0 ? sumPY / sumPP : 1;
        var total = (1 - recency) / (1 - Forgetting);
        var (ridgeA, ridgeB) = (EstimateWeight / total * weights, EstimateWeight / total * sumNN);
        var (aa, bb) = (weights + ridgeA, sumNN + ridgeB);
        var (ay, by) = (sumY + ridgeA * speed * _setupUs, sumNY + ridgeB * speed * _unitUs);
        var determinant = aa * bb - sumN * sumN;
        var a = (ay * bb - by * sumN) / determinant;
        var b = (by * aa - ay * sumN) / determinant;
        return a < 0 ? (0, sumNY / sumNN) : b < 0 ? (sumY / weights, 0) : (a, b);
    }

    /// <summary>A launch that is kept, 0 being the last one.</summary>
    private (int Units, double TimeUs) Kept(int age)
    {
        var at = (Launches - age) % LaunchesKept;
        return (_units[at], _times[at]);
    }

    private void Remember(double error)
    {
        var seen = Launches - WarmUp;
        _errors[seen % ErrorsKept] = (float)error;
        // Sorting is worth it now and then, not at each launch.
        if ((seen + 1) % ErrorsNeeded != 0)
            return;
        var kept = (int)Math.Min(seen + 1, ErrorsKept);
        Span<float> sorted = stackalloc float[kept];
        _errors.AsSpan(0, kept).CopyTo(sorted);
        sorted.Sort();
        _errorRatio = Math.Clamp(sorted[Rank(kept)], 0, ErrorRatioMost);
        for (var i = 0; i < kept; i++)
            sorted[i] = Math.Abs(sorted[i]);
        sorted.Sort();
        ErrorP99 = sorted[Rank(kept)];
    }

    private static int Rank(int count) => Math.Min(count - 1, (int)Math.Ceiling(0.99 * count) - 1);
}
