using System.Numerics;
using IndustrialTwin.Analyses;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Plants;

/// <summary>Reads analyses of one machine type.</summary>
internal sealed class AnalysisReader(IReadOnlyList<ChannelDeclaration> channels, ErrorList errors)
{
    private const int WindowRowsMax = 65_536;
    private const int ChannelsMax = 64;

    private static readonly Dictionary<string, Statistic> Statistics = Enum.GetValues<Statistic>().ToDictionary(WindowStatisticsAnalysis.FeatureOf);

    private static readonly Dictionary<string, string> Kinds =
        new[] { "window-statistics", "spectrum", "hotelling", "likelihood" }.ToDictionary(kind => kind);

    public AnalysisDeclaration? Read(MapReader map)
    {
        var name = map.Name("name");
        AnalysisDeclaration? analysis = map.Choice("kind", Kinds, string.Empty, isNeeded: true) switch
        {
            "window-statistics" => ReadStatistics(map, name),
            "spectrum" => ReadSpectrum(map, name),
            "hotelling" => ReadHotelling(map, name),
            "likelihood" => ReadLikelihood(map, name),
            _ => null,
        };
        if (analysis is not null)
        {
            map.End();
        }

        return analysis;
    }

    private WindowStatisticsAnalysis ReadStatistics(MapReader map, string name)
    {
        var (channel, _) = Channel(map);
        var window = map.Whole("windowRows", null, 2, WindowRowsMax);
        var stride = map.Whole("strideRows", window, 1, window);
        var statistics = new List<Statistic>();
        foreach (var (word, path) in map.Words("statistics"))
        {
            if (!Statistics.TryGetValue(word.Value, out var statistic))
            {
                errors.Add(word, path, word.Shown, $"one of {string.Join(", ", Statistics.Keys)}{MapReader.Suggestion(word.Value, Statistics.Keys)}");
            }
            else if (statistics.Contains(statistic))
            {
                errors.Add(word, path, $"{word.Shown} again", "each statistic once");
            }
            else
            {
                statistics.Add(statistic);
            }
        }

        return new WindowStatisticsAnalysis(name, channel, window, stride, [.. statistics]);
    }

    private SpectrumAnalysis ReadSpectrum(MapReader map, string name)
    {
        var (channel, rateHz) = Channel(map);
        var window = map.Whole("windowRows", null, 32, WindowRowsMax, BitOperations.IsPow2, "a power of two");
        var stride = map.Whole("strideRows", window, 1, window);
        var bands = new List<Band>();
        foreach (var (node, path) in map.List("bands", isNeeded: true))
        {
            if (MapReader.Of(node, path, errors) is not { } band)
            {
                continue;
            }

            var nyquist = rateHz / 2;
            var read = new Band(
                band.Name("name"),
                band.Number("fromHz", null, from => from >= 0, "0 Hz or more"),
                band.Number("toHz", null, to => double.IsNaN(nyquist) || to <= nyquist, FormattableString.Invariant($"at most half the channel's rate, {nyquist} Hz")));
            if (read.FromHz >= read.ToHz)
            {
                errors.Add(band.NodeOf("toHz"), band.At("toHz"), FormattableString.Invariant($"{read.ToHz}"), FormattableString.Invariant($"more than fromHz, {read.FromHz}"));
            }

            if (bands.Exists(other => other.Name == read.Name))
            {
                errors.Add(node, path, $"the name '{read.Name}' again", "each name once");
            }

            bands.Add(read);
            band.End();
        }

        return new SpectrumAnalysis(name, channel, rateHz, window, stride, [.. bands]);
    }

    private HotellingAnalysis ReadHotelling(MapReader map, string name)
    {
        var inputs = new List<string>();
        foreach (var (word, path) in map.Words("channels"))
        {
            if (!channels.Any(channel => channel.Name == word.Value))
            {
                errors.Add(word, path, word.Shown, Known(word.Value));
            }
            else if (inputs.Contains(word.Value))
            {
                errors.Add(word, path, $"{word.Shown} again", "each channel once");
            }
            else
            {
                inputs.Add(word.Value);
            }
        }

        if (inputs.Count > ChannelsMax)
        {
            errors.Add(map.NodeOf("channels"), map.At("channels"), $"{inputs.Count} channels", $"at most {ChannelsMax}");
        }

        var least = Math.Max(inputs.Count, 1) + 1;
        return new HotellingAnalysis(name, [.. inputs], map.Whole("fitRows", null, least, 1_000_000, what: "more rows than channels"));
    }

    private LikelihoodAnalysis ReadLikelihood(MapReader map, string name)
    {
        var (channel, _) = Channel(map);
        var window = map.Whole("windowRows", null, 2, WindowRowsMax);
        return new LikelihoodAnalysis(name, channel, window, map.Whole("stepRows", null, 1, window));
    }

    private (string Name, double RateHz) Channel(MapReader map)
    {
        var name = map.Text("channel");
        var channel = channels.FirstOrDefault(channel => channel.Name == name);
        if (channel is null && name.Length > 0)
        {
            errors.Add(map.NodeOf("channel"), map.At("channel"), $"'{name}'", Known(name));
        }

        return (name, channel?.RateHz ?? double.NaN);
    }

    private string Known(string word)
    {
        var names = channels.Select(channel => channel.Name).ToList();
        return $"a channel of this type ({string.Join(", ", names)}){MapReader.Suggestion(word, names)}";
    }
}
