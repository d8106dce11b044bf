namespace IndustrialTwin.Machines;

/// <summary>How a machine is, by its worst alarm that is abnormal and not shelved. Ordered from best to worst, unknown first.</summary>
[GenerateSerializer, Alias("itwin.machine-health")]
public enum MachineHealth
{
    /// <summary>No sample was seen yet.</summary>
    Unknown,

    /// <summary>No abnormal alarm.</summary>
    Good,

    /// <summary>An abnormal alarm of low or medium priority.</summary>
    Degraded,

    /// <summary>An abnormal alarm of high or critical priority.</summary>
    Critical,
}

/// <summary>Whether a machine runs.</summary>
[GenerateSerializer, Alias("itwin.running-state")]
public enum RunningState
{
    /// <summary>No sample of the deciding channel was seen yet.</summary>
    Unknown,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It stands.</summary>
    Stopped,
}
