using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>What launches really cost in the simulated grid.</summary>
internal sealed class Hardware
{
    private const double StragglerRatio = 0.001;
    private const double StragglerSlowdown = 1.5;

    private readonly SimulationOptions _options;
    private readonly double[] _setupUs;
    private readonly double[] _unitUs;
    private readonly double[] _slowness;
    private readonly Random _noise;

    public Hardware(SimulationOptions options)
    {
        _options = options;
        _noise = new Random(options.Seed * 31 + 7);
        var make = new Random(options.Seed * 31 + 3);
        _setupUs = new double[options.Kernels];
        _unitUs = new double[options.Kernels];
        for (var kernel = 0; kernel < options.Kernels; kernel++)
        {
            // Kernels differ by half up and down; a single one is as the options say.
            var length = options.BatchUs * (options.Kernels == 1 ? 1 : 0.5 + (double)kernel / (options.Kernels - 1));
            var setup = options.SetupRatio * (0.5 + make.NextDouble());
            (_setupUs[kernel], _unitUs[kernel]) = options.IsJobs ? (0, 1) : (length * setup, length * (1 - setup) / options.Policy.BatchUnitsMax);
        }

        _slowness = new double[options.Devices];
        for (var device = 0; device < options.Devices; device++)
            _slowness[device] = !options.IsHeterogeneous ? 1 : (device % 4) switch { 0 => 2, 1 => 0.5, _ => 1 };
    }

    /// <summary>Units that all devices together can do in full batches, a microsecond, with kernels equally asked.</summary>
    public double UnitsPerUs => StandardDevices / Enumerable.Range(0, _options.Kernels).Average(FullUnitUs);

    /// <summary>The standard device's time that a unit takes in a full batch, microseconds.</summary>
    public double FullUnitUs(int kernel) => _options.IsJobs ? 1 : _setupUs[kernel] / _options.Policy.BatchUnitsMax + _unitUs[kernel];

    /// <summary>Full-batch work of standard devices that all devices can do, a microsecond: how many standard devices they are.</summary>
    public double StandardDevices => _slowness.Sum(slowness => 1 / slowness);

    /// <summary>A device's time over the standard one's.</summary>
    public double Slowness(int device) => _slowness[device];

    /// <summary>What a launch is expected to cost.</summary>
    public CostEstimate Cost(int device, int kernel) =>
        new(_setupUs[kernel] * _slowness[device], _unitUs[kernel] * _slowness[device], 2.33 * _options.NoiseRatio);

    /// <summary>What a launch costs this time.</summary>
    public long DrawUs(int device, int kernel, long units)
    {
        // The mean of two uniform pairs is near enough to normal, and quicker to draw than an exact one.
        var normal = (_noise.NextDouble() + _noise.NextDouble() + _noise.NextDouble() + _noise.NextDouble() - 2) * Math.Sqrt(3);
        var straggles = _options.NoiseRatio > 0 && _noise.NextDouble() < StragglerRatio ? StragglerSlowdown : 1;
        if (_options.Faults.SlowRatio > 0 && _noise.NextDouble() < _options.Faults.SlowRatio)
            straggles = _options.Faults.SlowTimes;
        return Math.Max(1, (long)((_setupUs[kernel] + _unitUs[kernel] * units) * _slowness[device] * Math.Max(0.1, 1 + _options.NoiseRatio * normal) * straggles));
    }
}
