namespace IndustrialTwin.Gameday;

/// <summary>Every drill there is, in the order of the table. A new one is a class and a line here.</summary>
internal static class DrillList
{
    /// <summary>The drills.</summary>
    public static IReadOnlyList<Drill> All { get; } =
    [
        new WrongCertificateDrill(),
        new ReplayedMessageDrill(),
        new FloodDrill(),
        new PoisonedPayloadDrill(),
        new StolenKeyDrill(),
        new RogueClientDrill(),
        new CrossTenantDrill(),
        new TopicSpoofingDrill(),
        new ClockSkewDrill(),
        new TamperedAuditDrill(),
        new UnsignedModelDrill(),
        new SiloKilledDrill(),
        new FullDiskDrill(),
        new DatabaseFailoverDrill(),
        new PartitionDrill(),
    ];
}
