using IndustrialTwin.Policy;

namespace IndustrialTwin.Work;

/// <summary>What launches cost one device, kernel by kernel, as learned from those that were measured.</summary>
internal sealed class KernelCosts
{
    /// <summary>A kernel that was never measured here: a guess that is soon corrected, with room for its compilation.</summary>
    private static readonly CostEstimate Unknown = new(SetupUs: 500, UnitUs: 20, ErrorRatio: 1);

    /// <summary>What the clock tells apart, microseconds; a launch takes no less.</summary>
    private const double ClockUs = 0.1;

    private readonly Dictionary<string, CostModel> _models = [];

    /// <summary>The relative error that 99 of 100 predictions kept to, of the worst kernel that was measured often enough; else null.</summary>
    public double? ErrorP99 => _models.Values.Where(model => model.Launches > 64).Select(model => (double?)model.ErrorP99).Max();

    public bool IsMeasured(string kernel) => _models.ContainsKey(kernel);

    public CostEstimate Of(string kernel) => _models.TryGetValue(kernel, out var model) && model.IsCalibrated ? model.Estimate : Unknown;

    public void Observe(string kernel, int units, TimeSpan elapsed)
    {
        if (!_models.TryGetValue(kernel, out var model))
        {
            _models.Add(kernel, model = new CostModel(Unknown));
        }

        model.Observe(Math.Max(1, units), Math.Max(ClockUs, elapsed.TotalMicroseconds));
    }

    public KernelCost[] ToArray() => [.. _models.Where(known => known.Value.IsCalibrated).Select(known => new KernelCost(known.Key, known.Value.Estimate.ToCost()))];
}
