namespace IndustrialTwin.Samples;

/// <summary>What names a batch of a machine for ever.</summary>
internal readonly record struct BatchName(string Source, long Epoch, long Sequence);
