using System.Globalization;
using System.Text.RegularExpressions;
using IndustrialTwin.Yaml;

namespace IndustrialTwin.Plants;

/// <summary>
/// Reads the values of one mapping. Whatever is missing or wrong is noted and answered with a harmless stand-in, so that reading goes on
/// and the user sees all errors at once. Keys that nobody asked for are noted at the end.
/// </summary>
internal sealed partial class MapReader
{
    private readonly ErrorList _errors;
    private readonly Dictionary<string, (YamlScalar Key, YamlNode Value)> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private MapReader(YamlMap map, string path, ErrorList errors)
    {
        (Map, Path, _errors) = (map, path, errors);
        foreach (var (key, value) in map.Entries)
        {
            if (!_entries.TryAdd(key.Value, (key, value)))
            {
                errors.Add(key, At(key.Value), $"the key {key.Shown} again", $"each key once; it stands in line {_entries[key.Value].Key.Line} already");
            }
        }
    }

    public YamlMap Map { get; }

    public string Path { get; }

    public IEnumerable<(YamlScalar Key, YamlNode Value)> Entries => _entries.Values;

    /// <summary>A reader of a node that must be a mapping, or null.</summary>
    public static MapReader? Of(YamlNode node, string path, ErrorList errors)
    {
        if (node is YamlMap map)
        {
            return new MapReader(map, path, errors);
        }

        errors.Add(node, path, node.Shown, "a mapping of names to values");
        return null;
    }

    public string At(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    public YamlNode NodeOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.Value : Map;

    public bool Has(string key)
    {
        _known.Add(key);
        return _entries.TryGetValue(key, out var entry) && entry.Value is not YamlScalar { IsNull: true };
    }

    public string Text(string key, string? standard = null, int lengthMax = 128)
    {
        if (Scalar(key, standard is null, "a text") is not { } scalar)
        {
            return standard ?? string.Empty;
        }

        if (scalar.Value.Length == 0 || scalar.Value.Length > lengthMax)
        {
            _errors.Add(scalar, At(key), $"{scalar.Value.Length} characters", $"1 to {lengthMax} characters");
        }

        return scalar.Value;
    }

    /// <summary>A text that may be empty.</summary>
    public string Unit(string key) => Scalar(key, isNeeded: false, "a unit") is { } scalar ? scalar.Value : string.Empty;

    /// <summary>A name of letters, digits, '-', '_' and '.'.</summary>
    public string Name(string key)
    {
        if (Scalar(key, isNeeded: true, "a name") is not { } scalar)
        {
            return string.Empty;
        }

        if (Keys.KeyPath.Fault(scalar.Value, 1) is { } fault)
        {
            _errors.Add(scalar, At(key), scalar.Shown, $"a name of letters, digits, '-', '_' and '.', at most {Keys.KeyPath.SegmentLengthMax}: {fault}");
            return string.Empty;
        }

        return scalar.Value;
    }

    public double Number(string key, double? standard = null, Predicate<double>? isGood = null, string expected = "a number")
    {
        if (Scalar(key, standard is null, expected) is not { } scalar)
        {
            return standard ?? double.NaN;
        }

        if (scalar.IsQuoted || !double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number) || isGood?.Invoke(number) is false)
        {
            _errors.Add(scalar, At(key), scalar.Shown, expected);
            return standard ?? double.NaN;
        }

        return number;
    }

    public int Whole(string key, int? standard, int minimum, int maximum, Predicate<int>? isGood = null, string what = "a whole number")
    {
        var expected = $"{what}, {minimum} to {maximum}";
        if (Scalar(key, standard is null, expected) is not { } scalar)
        {
            return standard ?? minimum;
        }

        if (scalar.IsQuoted || !int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || number < minimum || number > maximum || isGood?.Invoke(number) is false)
        {
            _errors.Add(scalar, At(key), scalar.Shown, expected);
            return standard ?? minimum;
        }

        return number;
    }

    /// <summary>A duration such as <c>500ms</c>, <c>2s</c>, <c>5m</c>, <c>1h</c>, <c>7d</c>; null for <c>none</c> where that is allowed.</summary>
    public TimeSpan? Duration(string key, TimeSpan? standard, bool mayBeNone, TimeSpan maximum)
    {
        var expected = $"a duration such as 500ms, 2s, 5m, 1h or 7d, at most {maximum}{(mayBeNone ? ", or none" : "")}";
        if (Scalar(key, isNeeded: false, expected) is not { } scalar)
        {
            return standard;
        }

        if (mayBeNone && scalar.Value == "none")
        {
            return null;
        }

        var match = DurationForm().Match(scalar.Value);
        if (match.Success && double.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var count))
        {
            var ms = count * match.Groups[2].Value switch { "ms" => 1, "s" => 1e3, "m" => 60e3, "h" => 3600e3, _ => 86_400e3 };
            if (ms <= maximum.TotalMilliseconds)
            {
                return TimeSpan.FromMilliseconds(ms);
            }
        }

        _errors.Add(scalar, At(key), scalar.Shown, expected);
        return standard;
    }

    /// <summary>One of several words.</summary>
    public T Choice<T>(string key, IReadOnlyDictionary<string, T> choices, T standard, bool isNeeded = false)
    {
        var expected = $"one of {string.Join(", ", choices.Keys)}";
        if (Scalar(key, isNeeded, expected) is not { } scalar)
        {
            return standard;
        }

        if (choices.TryGetValue(scalar.Value, out var choice))
        {
            return choice;
        }

        _errors.Add(scalar, At(key), scalar.Shown, expected + Suggestion(scalar.Value, choices.Keys));
        return standard;
    }

    /// <summary>The items of a list with their paths.</summary>
    public IEnumerable<(YamlNode Node, string Path)> List(string key, bool isNeeded)
    {
        _known.Add(key);
        if (!_entries.TryGetValue(key, out var entry) || entry.Value is YamlScalar { IsNull: true })
        {
            if (isNeeded)
            {
                _errors.Add(Map, At(key), string.Empty, "a list, which is missing");
            }

            return [];
        }

        if (entry.Value is YamlList list)
        {
            if (isNeeded && list.Items.Count == 0)
            {
                _errors.Add(list, At(key), "an empty list", "at least one item");
            }

            return list.Items.Select((item, i) => (item, $"{At(key)}[{i}]"));
        }

        _errors.Add(entry.Value, At(key), entry.Value.Shown, "a list");
        return [];
    }

    /// <summary>A list of words.</summary>
    public List<(YamlScalar Node, string Path)> Words(string key)
    {
        var words = new List<(YamlScalar, string)>();
        foreach (var (node, path) in List(key, isNeeded: true))
        {
            if (node is YamlScalar { Value.Length: > 0 } word)
            {
                words.Add((word, path));
            }
            else
            {
                _errors.Add(node, path, node.Shown, "a name");
            }
        }

        return words;
    }

    public MapReader? Child(string key, bool isNeeded)
    {
        _known.Add(key);
        if (_entries.TryGetValue(key, out var entry) && entry.Value is not YamlScalar { IsNull: true })
        {
            return Of(entry.Value, At(key), _errors);
        }

        if (isNeeded)
        {
            _errors.Add(Map, At(key), string.Empty, "a mapping, which is missing");
        }

        return null;
    }

    /// <summary>Notes the keys that nobody asked for.</summary>
    public void End()
    {
        foreach (var (name, (key, _)) in _entries.Where(entry => !_known.Contains(entry.Key)))
        {
            _errors.Add(key, At(name), $"the unknown key {key.Shown}", $"one of {string.Join(", ", _known)}{Suggestion(name, _known)}");
        }
    }

    public static string Suggestion(string word, IEnumerable<string> known) =>
        known.Select(candidate => (candidate, distance: Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(near => near.distance <= Math.Max(1, (near.candidate.Length + 1) / 3))
            .OrderBy(near => near.distance)
            .Select(near => $"; did you mean '{near.candidate}'?")
            .FirstOrDefault(string.Empty);

    private YamlScalar? Scalar(string key, bool isNeeded, string expected)
    {
        _known.Add(key);
        if (!_entries.TryGetValue(key, out var entry) || entry.Value is YamlScalar { IsNull: true })
        {
            if (isNeeded)
            {
                _errors.Add(Map, At(key), string.Empty, $"{expected}, which is missing");
            }

            return null;
        }

        if (entry.Value is YamlScalar scalar)
        {
            return scalar;
        }

        _errors.Add(entry.Value, At(key), entry.Value.Shown, expected);
        return null;
    }

    // Levenshtein's edit distance, one row at a time; long words are not worth comparing.
    private static int Distance(string a, string b)
    {
        if (a.Length > 64 || b.Length > 64)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }

    [GeneratedRegex(@"^(\d+(?:\.\d+)?)(ms|s|m|h|d)$")]
    private static partial Regex DurationForm();
}
