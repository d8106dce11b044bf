namespace IndustrialTwin.Schemas;

/// <summary>What bringing a schema up to date came to.</summary>
/// <param name="Part">The part of the database, in words.</param>
/// <param name="Before">The number of the newest script that had been applied; 0 for none.</param>
/// <param name="After">The number of the newest script that is applied now.</param>
public sealed record SchemaChange(string Part, int Before, int After);
