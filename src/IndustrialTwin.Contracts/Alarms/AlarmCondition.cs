namespace IndustrialTwin.Alarms;

/// <summary>The states of an alarm in ISA-18.2-2016, figure 3.</summary>
[GenerateSerializer, Alias("itwin.alarm-condition")]
public enum AlarmCondition
{
    /// <summary>A: normal, nothing to acknowledge.</summary>
    Normal,

    /// <summary>B: abnormal and nobody has acknowledged it.</summary>
    Unacknowledged,

    /// <summary>C: abnormal and acknowledged.</summary>
    Acknowledged,

    /// <summary>D: normal again, but nobody has acknowledged that it was not.</summary>
    ReturnedToNormal,

    /// <summary>E: put aside by an operator until a time; it goes on judging and shows its state again afterwards.</summary>
    Shelved,
}
