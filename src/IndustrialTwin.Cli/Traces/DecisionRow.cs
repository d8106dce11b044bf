namespace IndustrialTwin.Traces;

/// <summary>A row of the runbook's table.</summary>
/// <param name="Cause">The cause, in the runbook's words.</param>
/// <param name="IsTrue">Whether the decision's trace shows it.</param>
/// <param name="Ms">How much of the decision's time it explains, milliseconds.</param>
/// <param name="IsAtDevice">Whether it is about what the device was at meanwhile.</param>
internal sealed record DecisionRow(string Cause, Func<Decision, bool> IsTrue, Func<Decision, double> Ms, bool IsAtDevice = false);
