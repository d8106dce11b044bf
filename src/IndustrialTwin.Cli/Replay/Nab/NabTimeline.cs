namespace IndustrialTwin.Replay.Nab;

/// <summary>
/// The rows of one file of the Numenta Anomaly Benchmark: which are on probation, which are in a window around a labelled anomaly, and
/// what a detection at each is worth (Lavin and Ahmad 2015, arXiv:1510.03336, section II-D; the code's scaled sigmoid).
/// </summary>
internal sealed class NabTimeline
{
    private const double ProbationShare = 0.15;
    private const int ProbationRowsMax = 750;

    private readonly int[] _window;
    private readonly (int First, int Last)[] _windows;

    /// <param name="timesUs">A time a row, as the file has it: times may repeat.</param>
    /// <param name="windows">First and last time of each window, in order; both are rows' times.</param>
    /// <exception cref="ArgumentException">A window's edge is no row's time.</exception>
    public NabTimeline(long[] timesUs, IReadOnlyList<(long FromUs, long ToUs)> windows)
    {
        Rows = timesUs.Length;
        ProbationRows = (int)Math.Min(Math.Floor(ProbationShare * Rows), ProbationRowsMax);
        _window = new int[Rows];
        Array.Fill(_window, -1);
        _windows = new (int, int)[windows.Count];
        for (var w = 0; w < windows.Count; w++)
        {
            var (first, last) = (Array.IndexOf(timesUs, windows[w].FromUs), Array.IndexOf(timesUs, windows[w].ToUs));
            if (first < 0 || last < first)
            {
                throw new ArgumentException($"Window {w + 1} begins or ends at a time that no row has.", nameof(windows));
            }

            _windows[w] = (first, last);
            Array.Fill(_window, w, first, last - first + 1);
        }
    }

    public int Rows { get; }

    /// <summary>The first rows, that are never scored.</summary>
    public int ProbationRows { get; }

    public int Windows => _windows.Length;

    /// <summary>Windows with a row after probation.</summary>
    public int WindowsScored => _windows.Count(window => window.Last >= ProbationRows);

    public bool IsScored(int window) => _windows[window].Last >= ProbationRows;

    /// <summary>The window that a row is in, or -1.</summary>
    public int WindowOf(int row) => _window[row];

    /// <summary>What a detection at a row is worth: up to the weight of a true positive in a window, below zero almost everywhere else.</summary>
    public double ValueOf(int row, NabProfile profile)
    {
        if (_window[row] >= 0)
        {
            var (first, last) = _windows[_window[row]];
            return Sigmoid(-(last - row + 1) / (double)(last - first + 1)) / Sigmoid(-1) * profile.TruePositive;
        }

        var before = Array.FindLastIndex(_windows, window => window.Last < row);
        if (before < 0)
        {
            return -profile.FalsePositive;
        }

        var width = _windows[before].Last - _windows[before].First;
        return Sigmoid((row - _windows[before].Last) / (double)width) * profile.FalsePositive;
    }

    private static double Sigmoid(double position) => position > 3 ? -1 : (2 / (1 + Math.Exp(5 * position))) - 1;
}
