using System.Buffers.Binary;
using System.IO.Compression;

namespace IndustrialTwin.Operations;

/// <summary>Reads grey images of 1 or 8 bits (PNG specification, W3C 2003; not interlaced), as the test data sets hold.</summary>
internal static class GreyPng
{
    public static (byte[] Pixels, int Width, int Height) Read(string path)
    {
        var file = File.ReadAllBytes(path).AsSpan(8);
        var (width, height, depth) = (0, 0, 0);
        using var data = new MemoryStream();
        while (file.Length >= 12)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file);
            var chunk = file.Slice(8, length);
            if (file.Slice(4, 4).SequenceEqual("IHDR"u8))
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(chunk), BinaryPrimitives.ReadInt32BigEndian(chunk[4..]));
                depth = chunk[8];
                if (depth is not (1 or 8) || chunk[9] != 0 || chunk[12] != 0)
                    throw new InvalidDataException($"{path}: depth {depth}, colour type {chunk[9]}; expected plain grey of 1 or 8 bits.");
            }
            else if (file.Slice(4, 4).SequenceEqual("IDAT"u8))
            {
                data.Write(chunk);
            }

            file = file[(12 + length)..];
        }

        data.Position = 0;
        using var inflated = new ZLibStream(data, CompressionMode.Decompress);
        var stride = ((width * depth) + 7) / 8;
        var (above, row) = (new byte[stride], new byte[stride]);
        var pixels = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            var filter = inflated.ReadByte();
            inflated.ReadExactly(row);
            Unfilter(filter, row, above);
            for (var x = 0; x < width; x++)
                pixels[(y * width) + x] = depth == 8 ? row[x] : (byte)(((row[x / 8] >> (7 - (x % 8))) & 1) * 255);
            (above, row) = (row, above);
        }

        return (pixels, width, height);
    }

    private static void Unfilter(int filter, byte[] row, byte[] above)
    {
        for (var i = 0; i < row.Length; i++)
        {
            int left = i > 0 ? row[i - 1] : 0, up = above[i], corner = i > 0 ? above[i - 1] : 0;
            row[i] += filter switch
            {
                0 => 0,
                1 => (byte)left,
                2 => (byte)up,
                3 => (byte)((left + up) / 2),
                4 => (byte)Paeth(left, up, corner),
                _ => throw new InvalidDataException($"Filter {filter}; expected 0..4."),
            };
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var guess = left + up - corner;
        var (a, b, c) = (Math.Abs(guess - left), Math.Abs(guess - up), Math.Abs(guess - corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }
}
