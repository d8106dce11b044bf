using System.ComponentModel.DataAnnotations;
using IndustrialTwin.Policy;

namespace IndustrialTwin.Work;

/// <summary>Limits and times of work queues and of the accelerators that pull from them.</summary>
public sealed class WorkOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Work";

    /// <summary>Units that one launch takes at most; a request with more is bid for.</summary>
    [Range(1, 1 << 20)]
    public int BatchUnitsMax { get; set; } = 512;

    /// <summary>Requests that may wait in one queue; one more is refused.</summary>
    [Range(1, 1 << 24)]
    public int QueueItemsMax { get; set; } = 65_536;

    /// <summary>Queues that an accelerator about to go idle probes.</summary>
    [Range(1, 64)]
    public int Probes { get; set; } = 12;

    /// <summary>Bids that are asked for a job.</summary>
    [Range(1, 64)]
    public int Bids { get; set; } = 3;

    /// <summary>Payload bytes that travel inside a request; more travel by reference.</summary>
    [Range(0, 1 << 30)]
    public int InlineBytesMax { get; set; } = 64 * 1024;

    /// <summary>How often a request that a device failed is given to another before it fails.</summary>
    [Range(0, 16)]
    public int RetriesMax { get; set; } = 3;

    /// <summary>The least time after which a batch that has not come back is given to another.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan LeaseMin { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>What a message and its answer take between silos, when they are busy; it is measured where it matters more.</summary>
    [Range(typeof(TimeSpan), "00:00:00.000001", "00:01:00")]
    public TimeSpan RoundTrip { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Jobs that may wait at one accelerator; one more is refused.</summary>
    [Range(1, 1 << 20)]
    public int JobsMax { get; set; } = 1_024;

    /// <summary>The longest pause of an idle accelerator between two attempts to take over a job.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan StealPauseMax { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a question to a queue or an accelerator may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often accelerators look for queues that they do not know yet.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long what the tier above said of its backlog counts; after that it is asked again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan OutlookAge { get; set; } = TimeSpan.FromMilliseconds(100);

    internal PolicyOptions ToPolicy() => new()
    {
        BatchUnitsMax = BatchUnitsMax,
        QueueItemsMax = QueueItemsMax,
        Probes = Probes,
        Bids = Bids,
        InlineBytesMax = InlineBytesMax,
        RoundTripUs = (long)RoundTrip.TotalMicroseconds,
        LeaseMinUs = (long)LeaseMin.TotalMicroseconds,
        OutlookUs = (long)OutlookAge.TotalMicroseconds,
        StealPauseMaxUs = (long)StealPauseMax.TotalMicroseconds,
    };
}
