namespace IndustrialTwin.Work;

/// <summary>What a launch of a queue's kernel costs an accelerator, as it has learned from those it measured: time = setup + units · unit.</summary>
/// <param name="SetupUs">Time of a launch of nothing, the way to the accelerator and back included, microseconds.</param>
/// <param name="UnitUs">Time that each unit adds, microseconds.</param>
/// <param name="ErrorRatio">What 99 of 100 launches did not exceed the prediction by, as a part of it, 0..1.</param>
[GenerateSerializer, Immutable, Alias("itwin.launch-cost")]
public readonly record struct LaunchCost([property: Id(0)] double SetupUs, [property: Id(1)] double UnitUs, [property: Id(2)] double ErrorRatio);

/// <summary>An accelerator that is about to go idle, as it asks a queue.</summary>
/// <param name="Accelerator">Who asks.</param>
/// <param name="Cost">What a launch costs it.</param>
/// <param name="StartInUs">In how long it could start, microseconds.</param>
[GenerateSerializer, Immutable, Alias("itwin.work-pull")]
public readonly record struct WorkPull(
    [property: Id(0)] Accelerators.AcceleratorKey Accelerator, [property: Id(1)] LaunchCost Cost, [property: Id(2)] long StartInUs);

/// <summary>A queue's answer to a probe.</summary>
/// <param name="Units">Units that wait and that the asking accelerator could do in time.</param>
/// <param name="Fill">The part of a full batch that waits, 0..1.</param>
/// <param name="StartInUs">In how long the batch must start at the latest, microseconds; negative where it should have.</param>
/// <param name="IsUrgent">Whether that is so soon that another launch should not come before.</param>
/// <param name="IsControl">Whether a control request waits.</param>
/// <param name="IsPromised">Whether other accelerators that asked just before could take all of it.</param>
[GenerateSerializer, Immutable, Alias("itwin.work-offer")]
public readonly record struct WorkOffer(
    [property: Id(0)] long Units,
    [property: Id(1)] double Fill,
    [property: Id(2)] long StartInUs,
    [property: Id(3)] bool IsUrgent,
    [property: Id(4)] bool IsControl,
    [property: Id(5)] bool IsPromised);
