namespace IndustrialTwin.Accelerators;

/// <summary>
/// What an operation gives beside the numbers of <see cref="ComputeReply.Values"/>. A kernel of your own derives its own from it, with an
/// alias of its own.
/// </summary>
[GenerateSerializer, Immutable, Alias("itwin.compute-result")]
public abstract record ComputeResult;
