namespace IndustrialTwin.Simulation;

/// <summary>When requests come.</summary>
public enum ArrivalKind
{
    /// <summary>A Poisson process; jobs have exponential sizes.</summary>
    Poisson,

    /// <summary>Azure LLM inference trace 2023, "code": arrivals; sizes by generated tokens.</summary>
    AzureCode,

    /// <summary>GenTD26, Alibaba's diffusion serving: arrivals; sizes by execution time.</summary>
    GenTd26,
}
