using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.Bearings;

namespace IndustrialTwin.Analyses;

/// <summary>Band energies of windows' envelopes; those of a bearing's fault are the sum over its harmonics.</summary>
internal sealed class EnvelopeStage(EnvelopeAnalysis declaration, AnalysisState? stored)
    : WindowStage(declaration, declaration.WindowRows, declaration.StrideRows, declaration.RateHz, stored)
{
    private readonly Band[] _bands = declaration.Bearing is { } bearing
        ? BandsOf(bearing, declaration.RateHz / declaration.WindowRows)
        : declaration.Bands;
    private readonly int _harmonics = declaration.Bearing?.Harmonics ?? 1;

    /// <inheritdoc/>
    protected override ComputeRequest RequestFor(float[] windows) => new EnvelopeRequest(
        windows, declaration.WindowRows, declaration.RateHz, declaration.CarrierFromHz, declaration.CarrierToHz, _bands);

    /// <inheritdoc/>
    protected override double[] ValuesOf(ComputeReply reply, int windows)
    {
        if (_harmonics == 1)
        {
            return reply.Values;
        }

        var values = new double[reply.Values.Length / _harmonics];
        for (var i = 0; i < reply.Values.Length; i++)
        {
            values[i / _harmonics] += reply.Values[i];
        }

        return values;
    }

    private static Band[] BandsOf(BearingDeclaration bearing, double binHz)
    {
        var geometry = new BearingGeometry(
            bearing.Elements, bearing.ElementDiameterMm, bearing.PitchDiameterMm, bearing.ContactAngleDegrees * Math.PI / 180);
        var faults = new FaultBands(geometry, bearing.ShaftHz, bearing.Harmonics, bearing.HalfWidth);
        var bands = new Band[faults.Bands.Length];
        for (var i = 0; i < bands.Length; i++)
        {
            // A band narrower than a bin might hold none.
            var (low, high) = (faults.Bands[i].LowHz, faults.Bands[i].HighHz);
            var widen = Math.Max(0, (binHz - (high - low)) / 2);
            bands[i] = new Band(BearingDeclaration.Faults[i / bearing.Harmonics], Math.Max(0, low - widen), high + widen);
        }

        return bands;
    }
}
