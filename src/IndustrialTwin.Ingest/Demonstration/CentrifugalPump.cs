using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Demonstration;

/// <summary>
/// A centrifugal pump that lifts cold water from a sump through a strainer. Formulas after J. F. Gülich, Centrifugal Pumps (Springer):
/// <list type="bullet">
/// <item>pump head, m, with the affinity laws in the speed ratio n: <c>H = n² H0 − a Q²</c> (Q in m³/h);</item>
/// <item>system head, m: <c>H = Hstat + (k + kstrainer) Q²</c>; the operating point is where both meet;</item>
/// <item>suction pressure, bar: <c>p = patm + ρ g (z − (ksuction + kstrainer) Q²)</c>;</item>
/// <item>NPSH available, m: <c>(p − pvapour) / (ρ g)</c>; NPSH required, m: <c>n² (N0 + c (Q/n)²)</c>, which ISO 9906 defines by a
/// head loss of 3 %;</item>
/// <item>efficiency around the best point: <c>η = ηmax (1 − (Q/(n Qbest) − 1)²)</c>; shaft power, W: <c>ρ g Q H / (3600 η)</c>;</item>
/// <item>motor current, A: <c>P / (√3 U cos φ ηmotor)</c>.</item>
/// </list>
/// A clogging strainer raises its loss coefficient: suction pressure falls, and when NPSH available nears NPSH required the pump
/// cavitates: head falls and vibration rises.
/// </summary>
internal sealed class CentrifugalPump(MachineKey machine, int seed, double clogSpeed) : DemonstrationMachine(machine, seed)
{
    internal const int RateHz = 10;
    internal const double ClogAfterS = 40;

    private const double StepS = 1.0 / RateHz;
    private const double GravityMs2 = 9.81;
    private const double DensityKgM3 = 998;
    private const double PascalPerBar = 1e5;
    private const double AtmosphereBar = 1.013;
    private const double VapourBar = 0.0234;
    private const double RatedRpm = 2_950;
    private const double ShutOffHeadM = 46;
    private const double HeadLossM = 0.0028;
    private const double StaticHeadM = 18;
    private const double SystemLossM = 0.0042;
    private const double SuctionLossM = 0.00012;
    private const double SumpAboveM = 1.5;
    private const double NpshBaseM = 1.6;
    private const double NpshSlopeM = 0.00042;
    private const double BestFlowM3H = 62;
    private const double EfficiencyMax = 0.78;
    private const double VoltageV = 400;
    private const double PowerFactor = 0.87;
    private const double MotorEfficiency = 0.92;
    private const double FlowTimeConstantS = 1.5;

    /// <summary>Loss coefficient that a strainer gains per second while it clogs, m per (m³/h)².</summary>
    private const double ClogRate = 0.0000085;

    private double _timeS;
    private double _flowM3H = 60;

    internal override TimeSpan BatchDuration => TimeSpan.FromSeconds(1);

    internal override SampleColumn[] Advance(long startUs)
    {
        var times = Times(startUs, 1e6 / RateHz, RateHz);
        var suction = new double[RateHz];
        var discharge = new double[RateHz];
        var flow = new double[RateHz];
        var speed = new double[RateHz];
        var current = new double[RateHz];
        var vibration = new double[RateHz];
        for (var i = 0; i < RateHz; i++)
        {
            var state = Step();
            suction[i] = Digitised(state.SuctionBar + Normal(0.003), 4);
            discharge[i] = Digitised(state.DischargeBar + Normal(0.01), 4);
            flow[i] = Digitised(state.FlowM3H + Normal(0.15), 3);
            speed[i] = Digitised(state.SpeedRpm + Normal(1), 1);
            current[i] = Digitised(state.CurrentA + Normal(0.08), 3);
            vibration[i] = Digitised(Math.Abs(state.VibrationMmS * (1 + Normal(0.04))), 3);
        }

        return
        [
            new("suction_pressure", times, suction),
            new("discharge_pressure", times, discharge),
            new("flow", times, flow),
            new("speed", times, speed),
            new("motor_current", times, current),
            new("vibration", times, vibration),
        ];
    }

    private State Step()
    {
        _timeS += StepS;

        // The process asks for a little more and a little less, a slow swing that the drive follows.
        var ratio = 1 + (0.01 * Math.Sin(2 * Math.PI * _timeS / 90));
        var strainer = Math.Max(0, _timeS - ClogAfterS) * ClogRate * clogSpeed;
        var settledM3H = Math.Sqrt(
            Math.Max(0, (ratio * ratio * ShutOffHeadM) - StaticHeadM) / (HeadLossM + SystemLossM + strainer));
        _flowM3H += (settledM3H - _flowM3H) * StepS / FlowTimeConstantS;

        var flow2 = _flowM3H * _flowM3H;
        var metreBar = DensityKgM3 * GravityMs2 / PascalPerBar;
        var suctionBar = Math.Max(VapourBar, AtmosphereBar + (metreBar * (SumpAboveM - ((SuctionLossM + strainer) * flow2))));
        var availableM = Math.Max(0.1, (suctionBar - VapourBar) / metreBar);
        var requiredM = (ratio * ratio * NpshBaseM) + (NpshSlopeM * flow2);

        // 3 % of the head is lost where both are equal; the loss grows steeply beyond.
        var cavitation = Math.Pow(requiredM / availableM, 6);
        var headM = ((ratio * ratio * ShutOffHeadM) - (HeadLossM * flow2)) * (1 - Math.Min(0.6, 0.03 * cavitation));
        var offBest = (_flowM3H / (ratio * BestFlowM3H)) - 1;
        var efficiency = Math.Max(0.2, EfficiencyMax * (1 - (offBest * offBest)));
        var powerW = DensityKgM3 * GravityMs2 * _flowM3H * headM / (3_600 * efficiency);
        var currentA = powerW / (Math.Sqrt(3) * VoltageV * PowerFactor * MotorEfficiency);
        var vibrationMmS = (1.5 * ratio * ratio) + (3 * offBest * offBest) + (4 * Math.Min(3, cavitation));
        return new State(suctionBar, suctionBar + (metreBar * headM), _flowM3H, ratio * RatedRpm, currentA, vibrationMmS);
    }

    private readonly record struct State(
        double SuctionBar, double DischargeBar, double FlowM3H, double SpeedRpm, double CurrentA, double VibrationMmS);
}
