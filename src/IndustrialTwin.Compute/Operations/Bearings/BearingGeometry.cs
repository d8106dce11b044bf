namespace IndustrialTwin.Operations.Bearings;

/// <summary>
/// What decides at which rates the faults of a rolling bearing strike, with a fixed outer ring (Randall and Antoni, Rolling element bearing
/// diagnostics: a tutorial, 2011, equations 1 to 4). Results are multiples of the shaft's speed; slip makes real ones differ by 1 to 2 %.
/// </summary>
/// <param name="Elements">Balls or rollers, 2 or more.</param>
/// <param name="ElementDiameterMm">Diameter of a ball or roller, mm, above 0.</param>
/// <param name="PitchDiameterMm">Diameter of the circle of their centres, mm, above the element's.</param>
/// <param name="ContactAngleRad">Angle of the load from the radial plane, 0 to below π/2.</param>
public sealed record BearingGeometry(int Elements, double ElementDiameterMm, double PitchDiameterMm, double ContactAngleRad = 0)
{
    private double Ratio => ElementDiameterMm / PitchDiameterMm * Math.Cos(ContactAngleRad);

    /// <summary>BPFO: elements that pass a point of the outer ring in one turn.</summary>
    public double OuterRace => Elements / 2.0 * (1 - Ratio);

    /// <summary>BPFI: elements that pass a point of the inner ring in one turn.</summary>
    public double InnerRace => Elements / 2.0 * (1 + Ratio);

    /// <summary>BSF: turns of an element about itself in one turn. A fault on it strikes both rings, twice as often.</summary>
    public double ElementSpin => PitchDiameterMm / (2 * ElementDiameterMm) * (1 - (Ratio * Ratio));

    /// <summary>FTF: turns of the cage in one turn.</summary>
    public double Cage => 0.5 * (1 - Ratio);

    /// <summary>Strikes in one turn of the shaft.</summary>
    public double StrikesOf(BearingFault fault) => fault switch
    {
        BearingFault.OuterRace => OuterRace,
        BearingFault.InnerRace => InnerRace,
        BearingFault.Element => 2 * ElementSpin,
        BearingFault.Cage => Cage,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No such fault."),
    };

    /// <summary>Throws when no bearing can be so.</summary>
    /// <exception cref="ArgumentException">Names the field, the value and what was expected.</exception>
    public void Validate()
    {
        if (Elements < 2)
            throw new ArgumentException($"Elements is {Elements}; expected 2 or more.");
        if (!(ElementDiameterMm > 0) || !(PitchDiameterMm > ElementDiameterMm) || !double.IsFinite(PitchDiameterMm))
        {
            throw new ArgumentException(
                $"ElementDiameterMm is {ElementDiameterMm}, PitchDiameterMm is {PitchDiameterMm}; expected 0 < element < pitch.");
        }

        if (!(ContactAngleRad >= 0 && ContactAngleRad < Math.PI / 2))
            throw new ArgumentException($"ContactAngleRad is {ContactAngleRad}; expected 0 to below π/2.");
    }
}
