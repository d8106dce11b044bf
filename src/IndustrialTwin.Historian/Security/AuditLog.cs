using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using IndustrialTwin.Audit;

namespace IndustrialTwin.Security;

/// <summary>
/// The audit log: append-only records, each with a hash over the one before, and a seal that only who holds the cluster's key can make.
/// </summary>
/// <param name="database">Where it is kept.</param>
/// <param name="clusterKeys">The cluster's keys, the one that seals first; those after it sealed earlier records.</param>
public sealed class AuditLog(SecurityDatabase database, IEnumerable<byte[]> clusterKeys) : IAuditLog
{
    private const int PageRecords = 1_000;
    private const string Columns = "number, time_us, who, what, place, outcome, detail, tenant, hash, seal";

    private readonly byte[][] _keys =
        [.. clusterKeys.Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.ASCII.GetBytes("itwin audit")))];

    /// <inheritdoc/>
    public async ValueTask AppendAsync(AuditEvent happened, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(happened);
        await database.WriteAsync(
            async connection =>
            {
                var (number, before) = await NewestAsync(connection, cancellationToken).ConfigureAwait(false);
                var hash = AuditRecord.HashOf(before, ++number, happened);
                SecurityDatabase.Run(
                    connection,
                    $"INSERT INTO audit ({Columns}) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9)",
                    number, happened.TimeUs, happened.Who, happened.What, happened.Where, (long)happened.Outcome, happened.Detail, happened.Tenant, hash, Seal(_keys[0], hash));
                SecurityDatabase.Run(
                    connection,
                    "INSERT INTO audit_head (id, number, seal) VALUES (1, @p0, @p1) ON CONFLICT (id) DO UPDATE SET number = excluded.number, seal = excluded.seal",
                    number, Seal(_keys[0], HeadOf(number, hash)));
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AuditRecord>> ReadAsync(long fromNumber, int recordsMax, CancellationToken cancellationToken = default) =>
        await database.ReadAsync(connection => RecordsAsync(connection, fromNumber, recordsMax, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<AuditVerdict> VerifyAsync(AuditHead? anchor, CancellationToken cancellationToken = default) =>
        await database.ReadAsync(connection => VerdictAsync(connection, anchor, cancellationToken), cancellationToken).ConfigureAwait(false);

    private async Task<AuditVerdict> VerdictAsync(DbConnection connection, AuditHead? anchor, CancellationToken cancellationToken)
    {
        // Read before the records: more may come meanwhile, and fewer is what it is to tell.
        var (headNumber, headSeal) = await HeadAsync(connection, cancellationToken).ConfigureAwait(false);
        var before = AuditRecord.Beginning.ToArray();
        var (number, isHeadGood, isAnchorGood) = (0L, headNumber == 0, anchor is null or { Number: 0 });
        while (true)
        {
            var page = await RecordsAsync(connection, number + 1, PageRecords, cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                break;
            }

            foreach (var record in page)
            {
                if (record.Number != number + 1)
                {
                    return Broken(number, before, number + 1, $"record {number + 1} is missing: the one after {number} has number {record.Number}");
                }

                var hash = AuditRecord.HashOf(before, record.Number, record.Event);
                if (!hash.AsSpan().SequenceEqual(record.Hash))
                {
                    return Broken(number, before, record.Number, $"record {record.Number} was changed, or stands in another's place: its hash does not follow from it and the one before");
                }

                if (!IsSealed(hash, record.Seal))
                {
                    return Broken(number, before, record.Number, $"record {record.Number} was written by somebody without the cluster's key");
                }

                (number, before) = (record.Number, hash);
                isHeadGood |= number == headNumber && IsSealed(HeadOf(number, hash), headSeal);
                if (number == anchor?.Number)
                {
                    isAnchorGood = Convert.ToHexStringLower(hash) == anchor.Hash;
                }
            }
        }

        return !isHeadGood ? Broken(number, before, headNumber > number ? number + 1 : headNumber, headNumber > number
                ? $"the log ends at {number}, but its sealed head is {headNumber}: its end was cut off"
                : $"the sealed head, {headNumber}, is not as it was written")
            : headNumber == 0 && number > 0 ? Broken(number, before, 1, "the sealed head was taken away")
            : !isAnchorGood ? Broken(number, before, anchor!.Number, $"record {anchor.Number} is not the one of the head that was kept elsewhere")
            : new AuditVerdict(number, Head(number, before), null, null);
    }

    private static AuditVerdict Broken(long number, byte[] hash, long at, string fault) => new(number, Head(number, hash), at, fault);

    private static AuditHead Head(long number, byte[] hash) => new(number, Convert.ToHexStringLower(hash));

    private static byte[] HeadOf(long number, byte[] hash) => [.. "head "u8, .. BitConverter.GetBytes(number), .. hash];

    private static byte[] Seal(byte[] key, byte[] what) => HMACSHA256.HashData(key, what);

    private bool IsSealed(byte[] what, byte[] seal) => Array.Exists(_keys, key => CryptographicOperations.FixedTimeEquals(Seal(key, what), seal));

    private static async Task<(long Number, byte[] Hash)> NewestAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        using var command = SecurityDatabase.Command(connection, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
        using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? (reader.GetInt64(0), (byte[])reader[1])
            : (0, AuditRecord.Beginning.ToArray());
    }

    private static async Task<(long Number, byte[] Seal)> HeadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        using var command = SecurityDatabase.Command(connection, "SELECT number, seal FROM audit_head");
        using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? (reader.GetInt64(0), (byte[])reader[1]) : (0, []);
    }

    private static async Task<IReadOnlyList<AuditRecord>> RecordsAsync(DbConnection connection, long fromNumber, int recordsMax, CancellationToken cancellationToken)
    {
        using var command = SecurityDatabase.Command(
            connection, $"SELECT {Columns} FROM audit WHERE number >= @p0 ORDER BY number LIMIT @p1", fromNumber, recordsMax);
        using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var records = new List<AuditRecord>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            records.Add(new AuditRecord(
                reader.GetInt64(0),
                new AuditEvent(
                    reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), (AuditOutcome)reader.GetInt64(5), reader.GetString(6), reader[7] as string),
                (byte[])reader[8],
                (byte[])reader[9]));
        }

        return records;
    }
}
