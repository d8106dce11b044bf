using System.Globalization;
using System.Text.RegularExpressions;

namespace IndustrialTwin.Demonstration;

/// <summary>An alarm as the plant file declares it, judged the plain way: limit on the rolling median, so many points in a row.</summary>
internal sealed partial class AlarmReference
{
    private readonly bool _isHigh;
    private readonly double _limit;
    private readonly int _medianOf;
    private readonly int _delayPoints;
    private readonly Queue<double> _window = new();
    private int _row;

    internal AlarmReference(string name)
    {
        var match = Alarm().Matches(DemonstrationPlant.PlantFile).Single(found => found.Groups["name"].Value == name);
        Feature = match.Groups["feature"].Value;
        _isHigh = match.Groups["side"].Value == "high";
        _limit = double.Parse(match.Groups["limit"].Value, CultureInfo.InvariantCulture);
        _medianOf = int.Parse(match.Groups["median"].Value, CultureInfo.InvariantCulture);
        _delayPoints = int.Parse(match.Groups["delay"].Value, CultureInfo.InvariantCulture);
    }

    internal string Feature { get; }

    /// <summary>When the alarm came, seconds, or null.</summary>
    internal double? RaisedAtS { get; private set; }

    /// <summary>The point nearest to the alarm's limit, or furthest beyond it.</summary>
    internal double Worst { get; private set; } = double.NaN;

    internal void Judge(double atS, double value)
    {
        _window.Enqueue(value);
        if (_window.Count > _medianOf)
        {
            _window.Dequeue();
        }

        if (_window.Count < _medianOf)
        {
            return;
        }

        var median = _window.Order().ElementAt(_medianOf / 2);
        Worst = double.IsNaN(Worst) ? median : _isHigh ? Math.Max(Worst, median) : Math.Min(Worst, median);
        _row = (_isHigh ? median > _limit : median < _limit) ? _row + 1 : 0;
        if (_row >= _delayPoints)
        {
            RaisedAtS ??= atS;
        }
    }

    [GeneratedRegex(
        @"name: (?<name>[a-z-]+), feature: (?<feature>[a-z/-]+), (?<side>high|low): (?<limit>[\d.]+), clear: [\d.]+, medianOf: (?<median>\d+), delayPoints: (?<delay>\d+)")]
    private static partial Regex Alarm();
}
