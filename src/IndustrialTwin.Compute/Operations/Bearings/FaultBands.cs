using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Operations.Bearings;

/// <summary>
/// Bands of an envelope spectrum in which a bearing's faults show: around each fault's frequency and its harmonics. Give
/// <see cref="Bands"/> to the layout and the energies that come back to <see cref="EnergyOf"/>.
/// </summary>
public sealed class FaultBands
{
    /// <summary>Harmonics that one fault may have.</summary>
    public const int HarmonicsMax = 16;

    private static readonly BearingFault[] Faults = Enum.GetValues<BearingFault>();
    private readonly FrequencyBand[] _bands;

    /// <summary>Makes the bands.</summary>
    /// <param name="bearing">The bearing.</param>
    /// <param name="shaftHz">Turns of the shaft per second, above 0.</param>
    /// <param name="harmonics">Bands of a fault, the first at its own frequency: 1..<see cref="HarmonicsMax"/>.</param>
    /// <param name="halfWidth">Half of a band's width over its centre: room for slip and uneven speed, above 0 and below 0.5.</param>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public FaultBands(BearingGeometry bearing, double shaftHz, int harmonics = 3, double halfWidth = 0.02)
    {
        ArgumentNullException.ThrowIfNull(bearing);
        bearing.Validate();
        if (!(shaftHz > 0) || !double.IsFinite(shaftHz))
            throw new ArgumentException($"ShaftHz is {shaftHz}; expected a finite speed above 0.", nameof(shaftHz));
        if (harmonics is < 1 or > HarmonicsMax)
            throw new ArgumentException($"Harmonics is {harmonics}; expected 1..{HarmonicsMax}.", nameof(harmonics));
        if (!(halfWidth > 0 && halfWidth < 0.5))
            throw new ArgumentException($"HalfWidth is {halfWidth}; expected above 0 and below 0.5.", nameof(halfWidth));
        Harmonics = harmonics;
        _bands = new FrequencyBand[Faults.Length * harmonics];
        for (var i = 0; i < _bands.Length; i++)
        {
            var centre = bearing.StrikesOf(Faults[i / harmonics]) * shaftHz * ((i % harmonics) + 1);
            _bands[i] = new FrequencyBand(centre * (1 - halfWidth), centre * (1 + halfWidth));
        }
    }

    /// <summary>Bands of each fault.</summary>
    public int Harmonics { get; }

    /// <summary>Fault by fault in the order of <see cref="BearingFault"/>, each with its harmonics in rising order.</summary>
    public ReadOnlySpan<FrequencyBand> Bands => _bands;

    /// <summary>Energy of a fault: the sum over its harmonics, in the square of the signal's unit.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="bandEnergies">Energies of <see cref="Bands"/> for one window.</param>
    public double EnergyOf(BearingFault fault, ReadOnlySpan<float> bandEnergies)
    {
        if (bandEnergies.Length != _bands.Length)
            throw new ArgumentException($"There are {bandEnergies.Length} band energies; expected {_bands.Length}.", nameof(bandEnergies));
        var sum = 0.0;
        foreach (var energy in bandEnergies.Slice((int)fault * Harmonics, Harmonics))
            sum += energy;
        return sum;
    }
}
