namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks when a wearing quantity will fail: draws futures of it. The answer has for each future the step, from 1 on, at which it reached the
/// threshold, or -1 where it did not.
/// </summary>
/// <param name="Level">Where the quantity stands now, in its unit.</param>
/// <param name="Drift">What a step adds on average, in its unit.</param>
/// <param name="Volatility">Standard deviation of what a step adds, in its unit, above 0.</param>
/// <param name="Threshold">It has failed when it is here or above.</param>
/// <param name="Steps">Steps to look ahead, 1 to 1,048,576.</param>
/// <param name="Paths">Futures to draw, 1 to 1,048,576; steps × paths at most 4,294,967,296.</param>
/// <param name="Seed">Equal seeds draw equal futures on every device.</param>
[GenerateSerializer, Immutable, Alias("itwin.degradation-request")]
public sealed record DegradationRequest(
    [property: Id(0)] double Level,
    [property: Id(1)] double Drift,
    [property: Id(2)] double Volatility,
    [property: Id(3)] double Threshold,
    [property: Id(4)] int Steps,
    [property: Id(5)] int Paths,
    [property: Id(6)] ulong Seed = 1) : ComputeRequest;

/// <summary>
/// Asks what a serial line with finite buffers makes, whose machines fail and are repaired at random. The answer has for each run the parts
/// made in the cycles counted.
/// </summary>
/// <param name="Machines">The machines in the order of the line, 1 to 16.</param>
/// <param name="Buffers">Parts that fit behind each machine but the last, 1 or more.</param>
/// <param name="Cycles">Cycles to count, 1 to 1,048,576.</param>
/// <param name="WarmUp">Cycles before counting starts, 0 to 1,048,576.</param>
/// <param name="Runs">Runs, 1 to 262,144; all cycles of all runs at most 4,294,967,296.</param>
/// <param name="Seed">Equal seeds draw equal runs on every device.</param>
[GenerateSerializer, Immutable, Alias("itwin.line-what-if-request")]
public sealed record LineWhatIfRequest(
    [property: Id(0)] MachineOdds[] Machines,
    [property: Id(1)] int[] Buffers,
    [property: Id(2)] int Cycles,
    [property: Id(3)] int WarmUp,
    [property: Id(4)] int Runs,
    [property: Id(5)] ulong Seed = 1) : ComputeRequest;

/// <summary>How a machine of a line fails and comes back.</summary>
/// <param name="Failure">Probability that it fails in a cycle when it is up, 0 to 1.</param>
/// <param name="Repair">Probability that it is repaired in a cycle when it is down, 0 to 1.</param>
[GenerateSerializer, Immutable, Alias("itwin.machine-odds")]
public readonly record struct MachineOdds([property: Id(0)] double Failure, [property: Id(1)] double Repair);
