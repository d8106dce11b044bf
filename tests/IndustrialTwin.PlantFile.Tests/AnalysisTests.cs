using IndustrialTwin.Analyses;
using Xunit;

namespace IndustrialTwin.Plants;

/// <summary>The analyses that learn, and those of bearings.</summary>
public class AnalysisTests
{
    private const string Good = """
        site: wuhan
        machineTypes:
          pump:
            channels:
              - {name: vibration, unit: m/s2, min: -500, max: 500, rateHz: 12800}
              - {name: speed, unit: rpm, min: 0, max: 30000, rateHz: 10}
              - {name: flow, unit: l/min, min: 0, max: 300, rateHz: 10}
            analyses:
              - name: bearing
                kind: envelope
                channel: vibration
                windowRows: 16384
                carrierFromHz: 2000
                carrierToHz: 5000
                bearing: {elements: 9, elementDiameterMm: 7.94, pitchDiameterMm: 39.04, shaftHz: 29.95}
              - {name: gear, kind: envelope, channel: vibration, windowRows: 4096, strideRows: 1024, carrierFromHz: 0, carrierToHz: 6400, bands: [{name: mesh, fromHz: 90, toHz: 110}]}
              - {name: chart, kind: rolling, channel: speed, fitRows: 500}
              - {name: ahead, kind: forecast, channel: flow, fitRows: 1000, inputRows: 96, horizonRows: 24, method: ridge, ridge: 0.1}
              - {name: shape, kind: matrix-profile, channel: flow, historyRows: 1024, widthRows: 64}
              - {name: unlike, kind: autoencoder, channels: [speed, flow], fitRows: 800, steps: 500}
        lines:
          - line: line-1
            title: Line 1
            machines:
              - {machine: pump-01, type: pump, title: Pump}
        """;

    [Fact]
    public void Each_kind_is_read_with_what_it_leaves_out()
    {
        var result = PlantFile.Parse("plant.yaml", Good);
        Assert.Empty(result.Errors);
        var analyses = result.Declaration!.Lines[0].Machines[0].Analyses;
        var bearing = Assert.IsType<EnvelopeAnalysis>(analyses[0]);
        Assert.Equal(new BearingDeclaration(9, 7.94, 39.04, 0, 29.95, 3, 0.02), bearing.Bearing);
        Assert.Equal((12_800, 16_384, 16_384, 2_000, 5_000), (bearing.RateHz, bearing.WindowRows, bearing.StrideRows, bearing.CarrierFromHz, bearing.CarrierToHz));
        Assert.Equal(["outer-race", "inner-race", "element", "cage"], bearing.Features);
        Assert.Equal(["mesh"], Assert.IsType<EnvelopeAnalysis>(analyses[1]).Features);
        Assert.Equal(new RollingAnalysis("chart", "speed", 500, 0.1, 3), analyses[2]);
        Assert.Equal(new ForecastAnalysis("ahead", "flow", 1_000, 96, 24, 0.1, IsLastSubtracted: false), analyses[3]);
        Assert.Equal(new MatrixProfileAnalysis("shape", "flow", 1_024, 64, 64), analyses[4]);
        var unlike = Assert.IsType<AutoencoderAnalysis>(analyses[5]);
        Assert.Equal((800, 4, 1, 500, 0.999), (unlike.FitRows, unlike.Hidden, unlike.Code, unlike.Steps, unlike.Quantile));
        Assert.Equal(["speed", "flow"], unlike.Inputs);
    }

    [Theory]
    [InlineData("windowRows: 16384", "windowRows: 16000", "analyses[0].windowRows", "'16000'", "a power of two")]
    [InlineData("carrierToHz: 5000", "carrierToHz: 6500", "analyses[0].carrierToHz", "'6500'", "at most half the channel's rate, 6400 Hz")]
    [InlineData("carrierToHz: 5000", "carrierToHz: 2001", "analyses[0].carrierToHz", "2001", "more than carrierFromHz, 2000, by two bins")]
    [InlineData("carrierFromHz: 2000", "carrierFromHz: -1", "analyses[0].carrierFromHz", "'-1'", "0 Hz or more")]
    [InlineData("elements: 9", "elements: 1", "analyses[0].bearing.elements", "'1'", "balls or rollers, 2 to 1000")]
    [InlineData("pitchDiameterMm: 39.04", "pitchDiameterMm: 7", "analyses[0].bearing.pitchDiameterMm", "'7'", "more than elementDiameterMm, 7.94 mm")]
    [InlineData("shaftHz: 29.95", "shaftHz: 0", "analyses[0].bearing.shaftHz", "'0'", "turns per second, above 0")]
    [InlineData("shaftHz: 29.95", "shaftHz: 29.95, contactAngleDegrees: 90", "analyses[0].bearing.contactAngleDegrees", "'90'", "below 90 degrees")]
    [InlineData("shaftHz: 29.95", "shaftHz: 29.95, harmonics: 17", "analyses[0].bearing.harmonics", "'17'", "1 to 16")]
    [InlineData("shaftHz: 29.95", "shaftHz: 29.95, halfwidth: 0.1", "analyses[0].bearing.halfwidth", "unknown key", "did you mean 'halfWidth'")]
    [InlineData("shaftHz: 29.95}", "shaftHz: 29.95}\n        bands: []", "analyses[0].bands", "'bands' beside 'bearing'", "one of the two")]
    [InlineData("bands: [{name: mesh, fromHz: 90, toHz: 110}]", "bands: []", "analyses[1].bands", "an empty list", "at least one")]
    [InlineData("fromHz: 90, toHz: 110", "fromHz: 90, toHz: 80", "analyses[1].bands[0].toHz", "80", "more than fromHz, 90")]
    [InlineData("fitRows: 500", "fitRows: 1", "analyses[2].fitRows", "'1'", "2 to 1000000")]
    [InlineData("fitRows: 500", "fitRows: 500, smoothing: 0", "analyses[2].smoothing", "'0'", "above 0 to 1")]
    [InlineData("fitRows: 500", "fitRows: 500, limitWidth: -3", "analyses[2].limitWidth", "'-3'", "above 0 standard deviations")]
    [InlineData("fitRows: 1000", "fitRows: 240", "analyses[3].fitRows", "'240'", "more than twice inputRows and horizonRows together, 241")]
    [InlineData("method: ridge", "method: rigde", "analyses[3].method", "'rigde'", "did you mean 'ridge'")]
    [InlineData("ridge: 0.1", "ridge: 0", "analyses[3].ridge", "'0'", "above 0")]
    [InlineData("widthRows: 64", "widthRows: 600", "analyses[4].widthRows", "'600'", "at most half of historyRows, 4 to 512")]
    [InlineData("historyRows: 1024", "historyRows: 5000", "analyses[4].historyRows", "'5000'", "16 to 4096")]
    [InlineData("channels: [speed, flow]", "channels: [speed, flo]", "analyses[5].channels[1]", "'flo'", "did you mean 'flow'")]
    [InlineData("steps: 500", "steps: 0", "analyses[5].steps", "'0'", "1 to 100000")]
    [InlineData("steps: 500", "steps: 500, quantile: 1.1", "analyses[5].quantile", "'1.1'", "above 0 to 1")]
    [InlineData("kind: autoencoder", "kind: autoencodr", "analyses[5].kind", "'autoencodr'", "did you mean 'autoencoder'")]
    public void A_mistake_is_named(string from, string to, string path, string value, string expected)
    {
        var text = Good.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Good, text);
        var result = PlantFile.Parse("plant.yaml", text);
        Assert.Null(result.Declaration);
        var error = result.Errors.FirstOrDefault(error => error.Path == $"machineTypes.pump.{path}");
        Assert.True(error is not null, string.Join('\n', result.Errors));
        Assert.Contains(value, error.Value, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }
}
