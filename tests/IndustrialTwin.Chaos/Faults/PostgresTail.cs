using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using IndustrialTwin.Testing;

namespace IndustrialTwin.Chaos;

/// <summary>
/// The end of PostgreSQL's write-ahead log: records behind headers of pages of 8 KiB, in segments that are named by their place
/// (https://www.postgresql.org/docs/15/wal-internals.html).
/// </summary>
internal static partial class PostgresTail
{
    private const int PageBytes = 8_192, PageHeaderBytes = 24, SegmentHeaderBytes = 40, RecordHeaderBytes = 24, RubbishBytes = 4_096;

    /// <summary>
    /// Puts rubbish where the log of a server that was killed ends, as a write that power cut off. What no commit stands behind, and so
    /// nobody was told of, goes with it; a commit, or a checkpoint that the server starts from, does not. Answers where, and what went.
    /// </summary>
    public static async Task<(string At, int Records)> TearAsync(PostgresServer server)
    {
        var control = await server.InspectAsync("pg_controldata", "-D", server.Data);
        var (redo, timeline) = (Control(control, "Latest checkpoint's REDO location"), Control(control, "Latest checkpoint's TimeLineID"));
        var segmentBytes = long.Parse(Control(control, "Bytes per WAL segment"), CultureInfo.InvariantCulture);
        var folder = Path.Combine(server.Data, "pg_wal");
        var dump = await server.InspectAsync("pg_waldump", "-p", folder, "-t", timeline, "-s", redo);
        var records = Record().Matches(dump).Select(match => (
            Rmgr: match.Groups[1].Value, Start: Place(match.Groups[3].Value),
            End: End(Place(match.Groups[3].Value), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture), segmentBytes), Text: match.Groups[4].Value)).ToList();
        if (records.Count == 0)
        {
            throw new InvalidOperationException($"pg_waldump shows no record from {redo} on: {dump}");
        }

        var kept = records.FindLastIndex(record => record.Rmgr == "XLOG" || (record.Rmgr == "Transaction" && record.Text.StartsWith("COMMIT", StringComparison.Ordinal)));
        var lost = records.Count - 1 - kept;

        // Within the first record that may go, or else within one that was only begun.
        var end = lost > 0 ? records[kept + 1].Start : records[^1].End;
        var torn = new byte[Math.Min(RubbishBytes, segmentBytes - (end % segmentBytes))];
        Random.Shared.NextBytes(torn);
        var path = Path.Combine(folder, Segment(timeline, end, segmentBytes));
        await using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = end % segmentBytes;
        if (lost > 0)
        {
            await file.ReadExactlyAsync(torn.AsMemory(0, RecordHeaderBytes)); // Its head came to the disk, what follows did not.
        }
        else if (end % PageBytes is >= PageHeaderBytes and <= PageBytes - RecordHeaderBytes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(torn, 200); // Its length and the record before it are right, its checksum cannot be.
            BinaryPrimitives.WriteInt64LittleEndian(torn.AsSpan(8), records[^1].Start);
            torn.AsSpan(16, 4).Clear();
        }

        file.Position = end % segmentBytes;
        await file.WriteAsync(torn);
        return (string.Create(CultureInfo.InvariantCulture, $"{end >> 32:X}/{end & 0xFFFF_FFFF:X}"), lost);
    }

    private static string Segment(string timeline, long at, long segmentBytes)
    {
        var (number, perFile) = (at / segmentBytes, 0x1_0000_0000 / segmentBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{int.Parse(timeline, CultureInfo.InvariantCulture):X8}{number / perFile:X8}{number % perFile:X8}");
    }

    /// <summary>Where the next record may begin after one of so many bytes, which pages' headers interrupt.</summary>
    private static long End(long start, int bytes, long segmentBytes)
    {
        var at = start;
        for (long left = bytes; left > 0;)
        {
            var here = Math.Min(left, PageBytes - (at % PageBytes));
            (at, left) = (at + here, left - here);
            if (left > 0)
            {
                at += at % segmentBytes == 0 ? SegmentHeaderBytes : PageHeaderBytes;
            }
        }

        return (at + 7) & ~7L;
    }

    private static long Place(string text)
    {
        var parts = text.Split('/');
        return (long.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) << 32) | long.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static string Control(string text, string name) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? throw new InvalidOperationException($"pg_controldata does not tell '{name}': {text}");

    [GeneratedRegex(@"^rmgr: (\w+)\s+len \(rec/tot\):\s*\d+/\s*(\d+), tx:\s*\d+, lsn: ([0-9A-F]+/[0-9A-F]+), prev [0-9A-F]+/[0-9A-F]+, desc: (.*)$", RegexOptions.Multiline)]
    private static partial Regex Record();
}
