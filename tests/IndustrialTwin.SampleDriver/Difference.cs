using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>template-difference</c>.</summary>
internal static class Difference
{
    private const byte Brighter = 1, Darker = 2;

    public static LaunchResult Run(Inputs inputs, CancellationToken cancellationToken)
    {
        var (images, extents) = inputs.UInt8("images", 3);
        var (template, size) = inputs.UInt8("template", 2);
        var tolerance = (int)inputs.Int64("tolerance", 0, 16);
        var threshold = (int)inputs.Int64("threshold", 0, 254);
        inputs.End();
        var (count, h, w) = (extents[0], extents[1], extents[2]);
        inputs.Expect(count > 0 && h is > 0 and <= 4_096 && w is > 0 and <= 4_096 && size[0] == h && size[1] == w, $"images is {count} × {h} × {w}, template {size[0]} × {size[1]}");
        var mask = new byte[images.Length];
        for (var at = 0; at < mask.Length; at++)
        {
            if (at % w == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var image = images.AsSpan(at / (h * w) * (h * w), h * w);
            var (y, x) = (at / w % h, at % w);
            var (own, good) = (image[(y * w) + x], template[(y * w) + x]);
            var (low, high) = Around(image, w, h, x, y, tolerance);
            var (goodLow, goodHigh) = Around(template, w, h, x, y, tolerance);
            mask[at] = own > goodHigh + threshold || good < low - threshold ? Brighter
                : own < goodLow - threshold || good > high + threshold ? Darker : (byte)0;
        }

        return new LaunchResult { Outputs = { Inputs.Output("mask", mask, count, h, w) } };
    }

    private static (int Low, int High) Around(ReadOnlySpan<byte> image, int w, int h, int x, int y, int tolerance)
    {
        var (low, high) = (255, 0);
        for (var row = Math.Max(0, y - tolerance); row <= Math.Min(h - 1, y + tolerance); row++)
        {
            foreach (var value in image[((row * w) + Math.Max(0, x - tolerance))..((row * w) + Math.Min(w - 1, x + tolerance) + 1)])
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        return (low, high);
    }
}
