using System.Buffers.Binary;

namespace IndustrialTwin.Chaos;

/// <summary>
/// The end of SQLite's write-ahead log (https://sqlite.org/fileformat2.html#walformat): a header of 32 bytes, then frames of 24 bytes and
/// a page, valid while they carry the header's salts.
/// </summary>
internal static class WalTail
{
    private const int HeaderBytes = 32, FrameHeaderBytes = 24;

    /// <summary>Writes half a frame and rubbish after the last frame of a commit, as a write that power cut off. Answers where.</summary>
    public static async Task<long> TearAsync(string path)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        var pageBytes = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8));
        var salts = bytes.AsMemory(16, 8);
        var end = HeaderBytes;
        for (var at = HeaderBytes; at + FrameHeaderBytes + pageBytes <= bytes.Length; at += FrameHeaderBytes + pageBytes)
        {
            if (!bytes.AsSpan(at + 8, 8).SequenceEqual(salts.Span))
            {
                break;
            }

            if (BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 4)) != 0)
            {
                end = at + FrameHeaderBytes + pageBytes;
            }
        }

        // A frame of the right salts whose page stops in the middle; its checksum cannot be right.
        var torn = new byte[FrameHeaderBytes + (pageBytes / 2)];
        Random.Shared.NextBytes(torn);
        BinaryPrimitives.WriteUInt32BigEndian(torn, 1);
        BinaryPrimitives.WriteUInt32BigEndian(torn.AsSpan(4), 1);
        salts.Span.CopyTo(torn.AsSpan(8));
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.Position = end;
        await file.WriteAsync(torn);
        file.SetLength(end + torn.Length);
        return end;
    }
}
