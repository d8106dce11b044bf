using IndustrialTwin.Sites;

namespace IndustrialTwin.Plants;

/// <summary>What reading a plant file gave: a declaration, or every error found.</summary>
/// <param name="Declaration">The plant, or null where there are errors.</param>
/// <param name="Errors">All errors, in the order of their lines.</param>
public sealed record PlantFileResult(SiteDeclaration? Declaration, IReadOnlyList<PlantFileError> Errors);
