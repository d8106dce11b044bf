namespace IndustrialTwin.Policy;

/// <summary>
/// Learns what launches of one kernel on one device cost from how long they took: time = a + b·n. Least squares in its recursive
/// information form, with exponential forgetting, of the relative error, since a tenth of a short launch matters as much as a tenth
/// of a long one. A launch far off the prediction counts less (Huber, 1964); several of them in a row on the same side are a change
/// of the device, not outliers, and then the past is forgotten quickly.
/// </summary>
public sealed class CostModel
{
    private const double Forgetting = 0.98;
    private const double QuickForgetting = 0.05;
    private const double OutlierScales = 3;
    private const double ScaleMin = 0.002;
    private const double ErrorRatioUnknown = 0.1;
    private const int ChangeRun = 4;
    private const int ErrorsKept = 256;
    private const int ErrorsNeeded = 32;
    private const int WarmUp = 4;

    private readonly float[] _errors = new float[ErrorsKept];
    private readonly float[] _sorted = new float[ErrorsKept];
    private double _weight;
    private double _n;
    private double _nn;
    private double _y;
    private double _ny;
    private double _setupUs;
    private double _unitUs;
    private double _scale = 0.02;
    private int _run;
    private double _errorRatio = ErrorRatioUnknown;
    private double _absoluteP99 = ErrorRatioUnknown;
    private bool _isGiven;

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
    public double ErrorP99 => _absoluteP99;

    /// <summary>What the model knows now.</summary>
    public CostEstimate Estimate => new(_setupUs, _unitUs, _errorRatio);

    /// <summary>Learns from a launch.</summary>
    /// <param name="units">Its units, 1 or more.</param>
    /// <param name="elapsedUs">How long it took, microseconds, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is below its range.</exception>
    public void Observe(int units, long elapsedUs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(elapsedUs, 1);
        var predicted = IsCalibrated ? Math.Max(1, _setupUs + _unitUs * units) : elapsedUs;
        var error = elapsedUs / predicted - 1;
        var limit = OutlierScales * Math.Max(_scale, ScaleMin);
        var isOutlier = Launches >= WarmUp && Math.Abs(error) > limit;
        _run = isOutlier ? Math.Sign(error) == Math.Sign(_run) ? _run + Math.Sign(error) : Math.Sign(error) : 0;
        var isChange = Math.Abs(_run) >= ChangeRun;
        var trust = isOutlier && !isChange ? limit / Math.Abs(error) : 1;
        Learn(units, elapsedUs, trust / (predicted * predicted), isChange ? QuickForgetting : Forgetting);
        if (Launches >= WarmUp)
            Remember(error);
        _scale += 0.05 * (1.25 * Math.Min(Math.Abs(error), 2 * limit) - _scale);
        Launches++;
    }

    private void Learn(double n, double y, double weight, double keep)
    {
        if (!IsCalibrated)
            _unitUs = y / n;
        _weight = keep * _weight + weight;
        _n = keep * _n + weight * n;
        _nn = keep * _nn + weight * n * n;
        _y = keep * _y + weight * y;
        _ny = keep * _ny + weight * n * y;
        // A little of the estimate before holds what the launches do not tell: equal batches say nothing of a against b.
        var (ridgeA, ridgeB) = (1e-4 * _weight, 1e-4 * _nn);
        var (aa, bb, ay, by) = (_weight + ridgeA, _nn + ridgeB, _y + ridgeA * _setupUs, _ny + ridgeB * _unitUs);
        var determinant = aa * bb - _n * _n;
        var setup = (ay * bb - by * _n) / determinant;
        var unit = (by * aa - ay * _n) / determinant;
        if (setup < 0)
            (setup, unit) = (0, _ny / _nn);
        else if (unit < 0)
            (setup, unit) = (_y / _weight, 0);
        (_setupUs, _unitUs) = (setup, unit);
    }

    private void Remember(double error)
    {
        var seen = Launches - WarmUp;
        _errors[seen % ErrorsKept] = (float)error;
        // Sorting is worth it now and then, not at each launch.
        if ((seen + 1) % ErrorsNeeded != 0)
            return;
        var kept = (int)Math.Min(seen + 1, ErrorsKept);
        var sorted = _sorted.AsSpan(0, kept);
        _errors.AsSpan(0, kept).CopyTo(sorted);
        sorted.Sort();
        _errorRatio = Math.Max(0, sorted[Rank(kept)]);
        for (var i = 0; i < kept; i++)
            sorted[i] = Math.Abs(sorted[i]);
        sorted.Sort();
        _absoluteP99 = sorted[Rank(kept)];
    }

    private static int Rank(int count) => Math.Min(count - 1, (int)Math.Ceiling(0.99 * count) - 1);
}
