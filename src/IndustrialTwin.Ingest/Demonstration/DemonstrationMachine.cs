using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Demonstration;

/// <summary>A simulated machine: physics advanced in fixed steps, the same for the same seed.</summary>
internal abstract class DemonstrationMachine(MachineKey machine, int seed)
{
    private readonly Random _random = new(seed);
    private double _spare = double.NaN;

    internal MachineKey Machine { get; } = machine;

    /// <summary>What one batch spans.</summary>
    internal abstract TimeSpan BatchDuration { get; }

    /// <summary>Advances by <see cref="BatchDuration"/> and answers what was measured meanwhile.</summary>
    /// <param name="startUs">The batch's first time, microseconds since 1970-01-01 UTC.</param>
    internal abstract SampleColumn[] Advance(long startUs);

    protected static long[] Times(long startUs, double stepUs, int count)
    {
        var times = new long[count];
        for (var i = 0; i < count; i++)
        {
            times[i] = startUs + (long)Math.Round(i * stepUs);
        }

        return times;
    }

    protected double Uniform(double from, double to) => from + ((to - from) * _random.NextDouble());

    /// <summary>A normal deviate by the Box-Muller transform (Ann. Math. Statist. 29, 1958).</summary>
    protected double Normal(double deviation)
    {
        if (!double.IsNaN(_spare))
        {
            var spare = _spare;
            _spare = double.NaN;
            return spare * deviation;
        }

        var radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
        var (sin, cos) = Math.SinCos(2 * Math.PI * _random.NextDouble());
        _spare = radius * sin;
        return radius * cos * deviation;
    }

    /// <summary>A value as a converter with this resolution gives it.</summary>
    protected static double Digitised(double value, int decimals) => Math.Round(value, decimals);
}
