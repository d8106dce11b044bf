using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Identities;
using IndustrialTwin.Samples;
using Orleans.Concurrency;

namespace IndustrialTwin.Machines;

/// <summary>The twin of one machine. Its grain key is a <see cref="MachineKey"/> as text.</summary>
[Alias("itwin.machine"), GrainInterfaceType("itwin.machine")]
public interface IMachineGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes a batch. The answer comes after the batch is durable; calling again with the same batch is safe and answers
    /// <see cref="ObserveOutcome.Duplicate"/>.
    /// </summary>
    /// <exception cref="LogUnavailableException">The durable log cannot be written now: nothing was taken, try again.</exception>
    [AlwaysInterleave]
    [RequiresRole(Role.Device)]
    [Alias("observe")]
    Task<ObserveReply> Observe(SampleBatch batch, CancellationToken cancellationToken = default);

    /// <summary>Makes the twin follow a declaration. Applying the same revision again changes nothing and answers false.</summary>
    [ResponseTimeout("00:02:00")]
    [RequiresRole(Role.Engineer, Audited = true, Fresh = true)]
    [Alias("apply")]
    Task<bool> Apply(MachineDeclaration declaration, CancellationToken cancellationToken = default);

    /// <summary>Ends the twin's work; its history stays. Answers false where it was not declared.</summary>
    [RequiresRole(Role.Engineer, Audited = true, Fresh = true)]
    [Alias("retire")]
    Task<bool> Retire(CancellationToken cancellationToken = default);

    /// <summary>The twin as it stands.</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer)]
    [Alias("get-snapshot")]
    Task<MachineSnapshot> GetSnapshot();

    /// <summary>A stretch of a channel from the durable log.</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer)]
    [Alias("get-samples")]
    Task<SampleSeries> GetSamples(SampleQuery query, CancellationToken cancellationToken = default);

    /// <summary>A stretch of a feature that the twin computed.</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer)]
    [Alias("get-feature")]
    Task<FeatureSeries> GetFeature(SampleQuery query, CancellationToken cancellationToken = default);

    /// <summary>Carries out an operator's command to one of its alarms.</summary>
    [RequiresRole(Role.Operator, Audited = true)]
    [Alias("command-alarm")]
    Task<AlarmReply> CommandAlarm(AlarmCommand command, CancellationToken cancellationToken = default);

    /// <summary>The twin now and whenever it changes, at most once in <paramref name="interval"/> (100 ms to 1 minute).</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer)]
    [Alias("watch")]
    IAsyncEnumerable<MachineSnapshot> Watch(TimeSpan interval, CancellationToken cancellationToken = default);
}
