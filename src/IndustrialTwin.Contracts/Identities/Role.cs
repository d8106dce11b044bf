namespace IndustrialTwin.Identities;

/// <summary>What somebody may do within a scope. Each of the first four may all that those before it may.</summary>
[GenerateSerializer, Alias("itwin.role")]
public enum Role
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Looks.</summary>
    Viewer = 1,

    /// <summary>Acknowledges and shelves alarms.</summary>
    Operator = 2,

    /// <summary>Declares plants and asks for computations.</summary>
    Engineer = 3,

    /// <summary>Gives out keys, sees the audit log, sets tenants' quotas.</summary>
    Administrator = 4,

    /// <summary>A machine: sends samples and hears its commands, and nothing else.</summary>
    Device = 16,
}
