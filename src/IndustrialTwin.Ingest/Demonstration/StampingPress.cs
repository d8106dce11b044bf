using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Demonstration;

/// <summary>
/// An eccentric press that blanks sheet metal. With crank radius r, connecting rod l and crank angle θ from the lower dead centre the
/// slide stands at <c>s = r (1 − cos θ) + l (1 − √(1 − (r/l)² sin² θ))</c> above it. On its way down it meets the sheet of thickness t
/// and shears it with at most <c>F = 0.8 Rm · L · t</c> (L the cut's length, Rm the tensile strength), until the sheet breaks at a third of
/// its thickness and the frame springs back. After Metal Forming Handbook (Schuler, Springer). Wear of the die rounds its edges and
/// raises the force; misalignment loads the left column more than the right. Now and then the feeder fails and the press stands.
/// </summary>
internal sealed class StampingPress(MachineKey machine, int seed, double wearSpeed) : DemonstrationMachine(machine, seed)
{
    internal const int RateHz = 1_000;
    internal const double WearAfterS = 20;

    private const double StepS = 1.0 / RateHz;
    private const int Rows = 500;
    private const int SpeedRows = 5;
    private const double CrankMm = 60;
    private const double RodMm = 500;
    private const double SheetMm = 3;
    private const double CutMm = 600;
    private const double StrengthNMm2 = 380;
    private const double BreakAt = 0.35;
    private const double NominalSpm = 60;
    private const double SpringBackHz = 45;
    private const double SpringBackDamping = 0.12;
    private const double NoiseKn = 2;
    private const double RampS = 1.5;

    /// <summary>What wear adds to the force per second, and how much of it goes to the left column.</summary>
    private const double WearPerS = 0.0012;
    private const double WearMax = 0.45;
    private const double LeftShare = 0.62;

    private static readonly double BlankingKn = 0.8 * StrengthNMm2 * CutMm * SheetMm / 1_000;

    private double _timeS;
    private double _turn = 0.5;
    private double _spm = NominalSpm;
    private double _switchAtS = double.NaN;
    private bool _isFeeding = true;
    private double _brokenAtS = double.NegativeInfinity;
    private double _brokenKn;
    private double _before = double.PositiveInfinity;
    private double _stroke = 1;

    internal override TimeSpan BatchDuration => TimeSpan.FromSeconds(Rows * StepS);

    private double Wear => Math.Min(WearMax, Math.Max(0, _timeS - WearAfterS) * WearPerS * wearSpeed);

    internal override SampleColumn[] Advance(long startUs)
    {
        var times = Times(startUs, 1e6 / RateHz, Rows);
        var position = new double[Rows];
        var left = new double[Rows];
        var right = new double[Rows];
        var speed = new double[SpeedRows];
        for (var i = 0; i < Rows; i++)
        {
            var (positionMm, forceKn) = Step();
            var wear = Wear;
            var leftShare = (0.5 + (LeftShare * wear)) / (1 + wear);
            position[i] = Digitised(positionMm, 3);
            left[i] = Digitised((forceKn * leftShare) + Normal(NoiseKn), 2);
            right[i] = Digitised((forceKn * (1 - leftShare)) + Normal(NoiseKn), 2);
            if (i % (Rows / SpeedRows) == 0)
            {
                speed[i / (Rows / SpeedRows)] = Digitised(Math.Max(0, _spm + (_spm > 0 ? Normal(0.05) : 0)), 2);
            }
        }

        return
        [
            new("slide_position", times, position),
            new("tonnage_left", times, left),
            new("tonnage_right", times, right),
            new("speed", Times(startUs, 1e6 / RateHz * Rows / SpeedRows, SpeedRows), speed),
        ];
    }

    private (double PositionMm, double ForceKn) Step()
    {
        _timeS += StepS;
        Feed();
        _turn = (_turn + (_spm / 60 * StepS)) % 1;
        var (sin, cos) = Math.SinCos(2 * Math.PI * _turn);
        var ratio = CrankMm / RodMm;
        var positionMm = (CrankMm * (1 - cos)) + (RodMm * (1 - Math.Sqrt(1 - (ratio * ratio * sin * sin))));
        var forceKn = Force(positionMm);
        _before = positionMm;
        return (positionMm, forceKn);
    }

    private double Force(double positionMm)
    {
        var depth = 1 - (positionMm / SheetMm);
        var isDown = positionMm < _before && _spm > 0;
        if (isDown && depth > 0 && depth < BreakAt && _timeS - _brokenAtS > 0.3)
        {
            // Elastic rise, then plastic flow: the force is highest shortly before the break.
            var peakKn = BlankingKn * (1 + Wear) * _stroke;
            _brokenKn = peakKn * Math.Sin(Math.PI / 2 * Math.Min(1, depth / (0.8 * BreakAt)));
            return _brokenKn;
        }

        if (isDown && depth >= BreakAt && _brokenKn > 0 && _timeS - _brokenAtS > 0.3)
        {
            _brokenAtS = _timeS;
            _stroke = 1 + Normal(0.008);
        }

        var sinceS = _timeS - _brokenAtS;
        if (sinceS > 0.3)
        {
            return 0;
        }

        var turnS = 2 * Math.PI * SpringBackHz;
        return 0.25 * _brokenKn * Math.Exp(-SpringBackDamping * turnS * sinceS) * Math.Cos((turnS * sinceS) + (Math.PI / 2));
    }

    private void Feed()
    {
        if (double.IsNaN(_switchAtS))
        {
            _switchAtS = Uniform(50, 90);
        }

        if (_timeS >= _switchAtS)
        {
            _isFeeding = !_isFeeding;
            _switchAtS = _timeS + (_isFeeding ? Uniform(60, 140) : Uniform(6, 14));
        }

        var change = NominalSpm * StepS / RampS;
        _spm = _isFeeding ? Math.Min(NominalSpm, _spm + change) : Math.Max(0, _spm - change);
    }
}
