using IndustrialTwin.Policy;

namespace IndustrialTwin.Work;

/// <summary>Brings what crosses a wire to the policy's terms and back.</summary>
internal static class GridTimes
{
    public static CostEstimate ToEstimate(this LaunchCost cost) => new(cost.SetupUs, cost.UnitUs, cost.ErrorRatio);

    public static LaunchCost ToCost(this CostEstimate estimate) => new(estimate.SetupUs, estimate.UnitUs, estimate.ErrorRatio);

    public static RequestClass ToPolicy(this ComputeClass requestClass) => requestClass switch
    {
        ComputeClass.Control => RequestClass.Control,
        ComputeClass.Deferrable => RequestClass.Deferrable,
        _ => RequestClass.Monitor,
    };
}
