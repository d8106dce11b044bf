using IndustrialTwin.Analyses;

namespace IndustrialTwin.Replay;

/// <summary>How a replay went.</summary>
/// <param name="Series">What each recording's twin computed, in the order of the recordings.</param>
/// <param name="Batches">Messages acknowledged.</param>
/// <param name="Duplicates">How many of them the twins had already.</param>
/// <param name="Rows">Rows acknowledged.</param>
/// <param name="Samples">Samples acknowledged.</param>
/// <param name="Sending">From the first message to the last acknowledgement.</param>
/// <param name="Analysing">From the first message until every twin had caught up.</param>
/// <param name="Accelerators">The accelerators that served the twins last.</param>
internal sealed record ReplayOutcome(
    FeatureSeries[] Series,
    long Batches,
    long Duplicates,
    long Rows,
    long Samples,
    TimeSpan Sending,
    TimeSpan Analysing,
    string[] Accelerators);
