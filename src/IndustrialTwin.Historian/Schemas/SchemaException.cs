namespace IndustrialTwin.Schemas;

/// <summary>A database's schema is newer than this program can work with. The message says which, and what to do, in one sentence.</summary>
public sealed class SchemaException(string message) : Exception(message);
