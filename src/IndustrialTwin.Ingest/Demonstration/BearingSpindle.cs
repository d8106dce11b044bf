using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Demonstration;

/// <summary>
/// A spindle on a deep-groove ball bearing 6205 (9 balls of 7.94 mm on a pitch circle of 39.04 mm). Its housing's acceleration is
/// <list type="bullet">
/// <item>the shaft's imbalance at the turning frequency: amplitude <c>e ω²</c>, with <c>e ω</c> the balance grade of ISO 21940-11;</item>
/// <item>the outer race's defect: a ball strikes it at the ball-pass frequency <c>BPFO = n/2 · fr · (1 − d/D)</c>, with 1 % of slip from
/// strike to strike, and each strike rings a damped resonance <c>A exp(−ζ ωn t) sin(ωd t)</c>. After R. B. Randall and J. Antoni,
/// Rolling element bearing diagnostics, Mech. Syst. Signal Process. 25 (2011);</item>
/// <item>and noise.</item>
/// </list>
/// The ringing is the exact two-pole recursion of the sampled resonance: <c>y[k] = 2 r cos θ · y[k−1] − r² y[k−2] + r sin θ · u[k−1]</c>
/// with <c>r = exp(−ζ ωn Δt)</c>, <c>θ = ωd Δt</c>. The defect grows linearly from its beginning on, and warms the bearing.
/// </summary>
internal sealed class BearingSpindle(MachineKey machine, int seed, double defectSpeed) : DemonstrationMachine(machine, seed)
{
    internal const int RateHz = 12_800;
    internal const int Rows = 4_096;
    internal const double DefectAfterS = 10;

    private const double StepS = 1.0 / RateHz;
    private const int SpeedRows = 4;
    private const double NominalRpm = 6_000;
    private const int Balls = 9;
    private const double BallMm = 7.94;
    private const double PitchMm = 39.04;
    private const double BalanceGradeMmS = 1;
    private const double ResonanceHz = 3_500;
    private const double Damping = 0.04;
    private const double Slip = 0.01;
    private const double NoiseMs2 = 0.3;
    private const double AmbientC = 24;
    private const double FrictionRiseC = 17;
    private const double ThermalTimeConstantS = 90;

    /// <summary>What a strike's amplitude gains per second of defect, m/s².</summary>
    private const double GrowthMs3 = 0.15;
    private const double StrikeMs2Max = 12;

    private static readonly double Radius = Math.Exp(-Damping * 2 * Math.PI * ResonanceHz * StepS);
    private static readonly double Angle = 2 * Math.PI * ResonanceHz * Math.Sqrt(1 - (Damping * Damping)) * StepS;

    private double _timeS;
    private double _turn;
    private double _strikeAtS = 0.001;
    private double _strike;
    private double _last;
    private double _beforeLast;
    private double _temperatureC = AmbientC + FrictionRiseC;

    internal override TimeSpan BatchDuration => TimeSpan.FromSeconds(Rows * StepS);

    private double StrikeMs2 => Math.Min(StrikeMs2Max, Math.Max(0, _timeS - DefectAfterS) * GrowthMs3 * defectSpeed);

    internal override SampleColumn[] Advance(long startUs)
    {
        var vibration = new double[Rows];
        var speed = new double[SpeedRows];
        for (var i = 0; i < Rows; i++)
        {
            var rpm = Rpm();
            if (i % (Rows / SpeedRows) == 0)
            {
                speed[i / (Rows / SpeedRows)] = Digitised(rpm + Normal(1.5), 1);
            }

            vibration[i] = Digitised(Step(rpm / 60), 4);
        }

        var batchS = Rows * StepS;
        var settledC = AmbientC + FrictionRiseC + (2.2 * StrikeMs2);
        _temperatureC += (settledC - _temperatureC) * batchS / ThermalTimeConstantS;
        return
        [
            new("vibration", Times(startUs, 1e6 / RateHz, Rows), vibration),
            new("speed", Times(startUs, 1e6 * batchS / SpeedRows, SpeedRows), speed),
            new("temperature", [startUs], [Digitised(_temperatureC + Normal(0.05), 3)]),
        ];
    }

    private double Rpm() => NominalRpm * (1 + (0.002 * Math.Sin(2 * Math.PI * _timeS / 7)));

    private double Step(double turnHz)
    {
        _timeS += StepS;
        _turn = (_turn + (turnHz * StepS)) % 1;
        var ringing = (2 * Radius * Math.Cos(Angle) * _last) - (Radius * Radius * _beforeLast) + (Radius * Math.Sin(Angle) * _strike);
        (_beforeLast, _last) = (_last, ringing);
        _strike = 0;
        if (_timeS >= _strikeAtS)
        {
            var passHz = Balls / 2.0 * turnHz * (1 - (BallMm / PitchMm));
            _strikeAtS += (1 + Normal(Slip)) / passHz;
            _strike = StrikeMs2 * Uniform(0.85, 1.15);
        }

        var imbalanceMs2 = BalanceGradeMmS / 1_000 * 2 * Math.PI * turnHz * Math.Sin(2 * Math.PI * _turn);
        return imbalanceMs2 + ringing + Normal(NoiseMs2);
    }
}
