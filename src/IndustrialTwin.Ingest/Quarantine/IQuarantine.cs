using IndustrialTwin.Samples;

namespace IndustrialTwin.Quarantine;

/// <summary>Where messages go that no twin could take. The silo keeps them in its durable log.</summary>
public interface IQuarantine
{
    /// <summary>Keeps a record and returns after the commit.</summary>
    /// <exception cref="LogUnavailableException">It could not be committed: the message stays unacknowledged.</exception>
    ValueTask KeepAsync(QuarantineRecord record, CancellationToken cancellationToken);
}
