using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace IndustrialTwin.Audit;

/// <summary>Something that somebody did, or was not let do.</summary>
/// <param name="TimeUs">When, microseconds since 1970-01-01 UTC.</param>
/// <param name="Who">Who: the caller's id and name, or <c>nobody</c>.</param>
/// <param name="What">What: interface and method, <c>itwin.machine.CommandAlarm</c>, or an act such as <c>sign-in</c>.</param>
/// <param name="Where">On what: a key, or a way in.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">The rest, up to 1,024 characters, never a secret.</param>
/// <param name="Tenant">The tenant of who did it, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.audit-event")]
public sealed record AuditEvent(
    [property: Id(0)] long TimeUs,
    [property: Id(1)] string Who,
    [property: Id(2)] string What,
    [property: Id(3)] string Where,
    [property: Id(4)] AuditOutcome Outcome,
    [property: Id(5)] string Detail,
    [property: Id(6)] string? Tenant = null);

/// <summary>How something ended. The numbers are stored.</summary>
[GenerateSerializer, Alias("itwin.audit-outcome")]
public enum AuditOutcome
{
    /// <summary>It was let through and begun: it is written before it is done.</summary>
    Allowed = 0,

    /// <summary>It was not let through.</summary>
    Denied = 1,

    /// <summary>It was begun and failed.</summary>
    Failed = 2,
}

/// <summary>A record of the audit log: an event and its place in the chain.</summary>
/// <param name="Number">Its number; the first is 1.</param>
/// <param name="Event">What happened.</param>
/// <param name="Hash">SHA-256 over the hash before and the canonical form of number and event.</param>
/// <param name="Seal">HMAC-SHA-256 of the hash under a key of the cluster's: who can write the database cannot make it.</param>
[GenerateSerializer, Immutable, Alias("itwin.audit-record")]
public sealed record AuditRecord([property: Id(0)] long Number, [property: Id(1)] AuditEvent Event, [property: Id(2)] byte[] Hash, [property: Id(3)] byte[] Seal)
{
    /// <summary>The hash before the first record.</summary>
    public static ReadOnlyMemory<byte> Beginning { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>
    /// The hash of an event at a place: SHA-256 over the hash before, the number, the time and the outcome as little-endian 64-bit
    /// integers, and each text as the length of its UTF-8 and its UTF-8; a text that is null has the length -1.
    /// </summary>
    public static byte[] HashOf(ReadOnlySpan<byte> before, long number, AuditEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        Add(hash, number);
        Add(hash, happened.TimeUs);
        Add(hash, (long)happened.Outcome);
        foreach (var text in (string?[])[happened.Who, happened.What, happened.Where, happened.Detail, happened.Tenant])
        {
            Add(hash, text is null ? -1 : Encoding.UTF8.GetByteCount(text));
            hash.AppendData(Encoding.UTF8.GetBytes(text ?? string.Empty));
        }

        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }
}
