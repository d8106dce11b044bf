using System.Numerics;
using IndustrialTwin.Analyses;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Plants;

/// <summary>Reads analyses of one machine type.</summary>
internal sealed class AnalysisReader(IReadOnlyList<ChannelDeclaration> channels, ErrorList errors)
{
    private const int WindowRowsMax = 65_536;
    private const int ChannelsMax = 64;
    private const int FitRowsMax = 1_000_000;
    private const int ForecastRowsMax = 1_024;
    private const int HistoryRowsMax = 4_096;
    private const int LayerMax = 1_024;

    /// <summary>Whether the last sample is subtracted.</summary>
    private static readonly Dictionary<string, bool> Methods = new() { ["nlinear"] = true, ["ridge"] = false };

    private static readonly Dictionary<string, Statistic> Statistics = Enum.GetValues<Statistic>().ToDictionary(WindowStatisticsAnalysis.FeatureOf);

    private static readonly Dictionary<string, string> Kinds =
        new[] { "window-statistics", "spectrum", "envelope", "rolling", "forecast", "matrix-profile", "hotelling", "autoencoder", "likelihood" }
            .ToDictionary(kind => kind);

    public AnalysisDeclaration? Read(MapReader map)
    {
        var name = map.Name("name");
        AnalysisDeclaration? analysis = map.Choice("kind", Kinds, string.Empty, isNeeded: true) switch
        {
            "window-statistics" => ReadStatistics(map, name),
            "spectrum" => ReadSpectrum(map, name),
            "envelope" => ReadEnvelope(map, name),
            "rolling" => ReadRolling(map, name),
            "forecast" => ReadForecast(map, name),
            "matrix-profile" => ReadMatrixProfile(map, name),
            "hotelling" => ReadHotelling(map, name),
            "autoencoder" => ReadAutoencoder(map, name),
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
        return new SpectrumAnalysis(name, channel, rateHz, window, stride, ReadBands(map, rateHz));
    }

    private Band[] ReadBands(MapReader map, double rateHz)
    {
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

        return [.. bands];
    }

    private EnvelopeAnalysis ReadEnvelope(MapReader map, string name)
    {
        var (channel, rateHz) = Channel(map);
        var nyquist = rateHz / 2;
        var window = map.Whole("windowRows", null, 32, WindowRowsMax, BitOperations.IsPow2, "a power of two");
        var stride = map.Whole("strideRows", window, 1, window);
        var from = map.Number("carrierFromHz", null, hz => hz >= 0, "0 Hz or more");
        var to = map.Number("carrierToHz", null, hz => double.IsNaN(nyquist) || hz <= nyquist, FormattableString.Invariant($"at most half the channel's rate, {nyquist} Hz"));
        if (to - from < 2 * rateHz / window)
        {
            errors.Add(
                map.NodeOf("carrierToHz"), map.At("carrierToHz"), FormattableString.Invariant($"{to}"),
                FormattableString.Invariant($"more than carrierFromHz, {from}, by two bins of the window, {2 * rateHz / window} Hz, or more"));
        }

        var bearing = map.Child("bearing", isNeeded: false) is { } child ? ReadBearing(child) : null;
        if (bearing is not null && map.Has("bands"))
        {
            errors.Add(map.NodeOf("bands"), map.At("bands"), "'bands' beside 'bearing'", "one of the two");
        }

        return new EnvelopeAnalysis(name, channel, rateHz, window, stride, from, to, bearing, map.Has("bearing") ? [] : ReadBands(map, rateHz));
    }

    private static BearingDeclaration ReadBearing(MapReader map)
    {
        var elements = map.Whole("elements", null, 2, 1_000, what: "the number of balls or rollers");
        var diameter = map.Number("elementDiameterMm", null, mm => mm > 0, "above 0 mm");
        var bearing = new BearingDeclaration(
            elements,
            diameter,
            map.Number("pitchDiameterMm", null, mm => double.IsNaN(diameter) || mm > diameter, FormattableString.Invariant($"more than elementDiameterMm, {diameter} mm")),
            map.Number("contactAngleDegrees", 0, degrees => degrees is >= 0 and < 90, "0 to below 90 degrees"),
            map.Number("shaftHz", null, hz => hz > 0, "turns per second, above 0"),
            map.Whole("harmonics", 3, 1, 16),
            map.Number("halfWidth", 0.02, part => part is > 0 and < 0.5, "above 0 and below 0.5"));
        map.End();
        return bearing;
    }

    private RollingAnalysis ReadRolling(MapReader map, string name)
    {
        var (channel, _) = Channel(map);
        return new RollingAnalysis(
            name,
            channel,
            map.Whole("fitRows", null, 2, FitRowsMax),
            map.Number("smoothing", 0.1, weight => weight is > 0 and <= 1, "above 0 to 1"),
            map.Number("limitWidth", 3, width => width > 0, "above 0 standard deviations"));
    }

    private ForecastAnalysis ReadForecast(MapReader map, string name)
    {
        var (channel, _) = Channel(map);
        var input = map.Whole("inputRows", null, 1, ForecastRowsMax);
        var horizon = map.Whole("horizonRows", 1, 1, ForecastRowsMax);
        return new ForecastAnalysis(
            name,
            channel,
            map.Whole("fitRows", null, (2 * (input + horizon)) + 1, FitRowsMax, what: "more than twice inputRows and horizonRows together"),
            input,
            horizon,
            map.Number("ridge", 1e-3, penalty => penalty > 0, "above 0"),
            map.Choice("method", Methods, standard: true));
    }

    private MatrixProfileAnalysis ReadMatrixProfile(MapReader map, string name)
    {
        var (channel, _) = Channel(map);
        var history = map.Whole("historyRows", null, 16, HistoryRowsMax);
        var width = map.Whole("widthRows", null, 4, history / 2, what: "at most half of historyRows");
        return new MatrixProfileAnalysis(name, channel, history, width, map.Whole("strideRows", width, 1, history));
    }

    private AutoencoderAnalysis ReadAutoencoder(MapReader map, string name)
    {
        var inputs = Inputs(map);
        return new AutoencoderAnalysis(
            name,
            inputs,
            map.Whole("fitRows", null, 16, WindowRowsMax),
            map.Whole("hidden", Math.Min(2 * Math.Max(inputs.Length, 1), LayerMax), 1, LayerMax),
            map.Whole("code", Math.Max(1, inputs.Length / 2), 1, LayerMax),
            map.Whole("steps", 2_000, 1, 100_000),
            map.Number("quantile", 0.999, share => share is > 0 and <= 1, "above 0 to 1"));
    }

    private HotellingAnalysis ReadHotelling(MapReader map, string name)
    {
        var inputs = Inputs(map);
        return new HotellingAnalysis(name, inputs, map.Whole("fitRows", null, Math.Max(inputs.Length, 1) + 1, FitRowsMax, what: "more rows than channels"));
    }

    private string[] Inputs(MapReader map)
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

        return [.. inputs];
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
