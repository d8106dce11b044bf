namespace IndustrialTwin.Operations.Images;

/// <summary>The definition: every neighbourhood looked through, every region filled from its first pixel.</summary>
internal static class TemplateDifferenceReference
{
    public static ImageDifference[] Run(TemplateDifferenceInput input)
    {
        var size = input.Width * input.Height;
        var results = new ImageDifference[input.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var mask = new byte[size];
            for (var at = 0; at < size; at++)
                mask[at] = Differs(input, input.Images.Span.Slice(i * size, size), at % input.Width, at / input.Width);
            results[i] = Fill(input, mask);
        }

        return results;
    }

    private static byte Differs(TemplateDifferenceInput input, ReadOnlySpan<byte> image, int x, int y)
    {
        var (own, good) = (image[(y * input.Width) + x], input.Template.Span[(y * input.Width) + x]);
        var (low, high) = Range(input, image, x, y);
        var (goodLow, goodHigh) = Range(input, input.Template.Span, x, y);
        if (own > goodHigh + input.Threshold || good < low - input.Threshold)
            return DifferenceMask.Brighter;
        return own < goodLow - input.Threshold || good > high + input.Threshold ? DifferenceMask.Darker : DifferenceMask.Same;
    }

    private static (int Low, int High) Range(TemplateDifferenceInput input, ReadOnlySpan<byte> image, int x, int y)
    {
        var (low, high) = (255, 0);
        for (var row = Math.Max(0, y - input.Tolerance); row <= Math.Min(input.Height - 1, y + input.Tolerance); row++)
        {
            for (var column = Math.Max(0, x - input.Tolerance); column <= Math.Min(input.Width - 1, x + input.Tolerance); column++)
            {
                low = Math.Min(low, image[(row * input.Width) + column]);
                high = Math.Max(high, image[(row * input.Width) + column]);
            }
        }

        return (low, high);
    }

    private static ImageDifference Fill(TemplateDifferenceInput input, byte[] mask)
    {
        var regions = new List<DifferenceRegion>();
        var isSeen = new bool[mask.Length];
        for (var first = 0; first < mask.Length; first++)
        {
            if (mask[first] == DifferenceMask.Same || isSeen[first])
                continue;
            var (left, top, right, bottom, area, brighter) = (int.MaxValue, int.MaxValue, 0, 0, 0, 0);
            var waiting = new Stack<int>([first]);
            isSeen[first] = true;
            while (waiting.TryPop(out var at))
            {
                var (x, y) = (at % input.Width, at / input.Width);
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
                area++;
                brighter += mask[at] == DifferenceMask.Brighter ? 1 : 0;
                for (var row = Math.Max(0, y - 1); row <= Math.Min(input.Height - 1, y + 1); row++)
                {
                    for (var column = Math.Max(0, x - 1); column <= Math.Min(input.Width - 1, x + 1); column++)
                    {
                        var next = (row * input.Width) + column;
                        if (mask[next] != DifferenceMask.Same && !isSeen[next])
                        {
                            isSeen[next] = true;
                            waiting.Push(next);
                        }
                    }
                }
            }

            regions.Add(new DifferenceRegion(left, top, right - left + 1, bottom - top + 1, area, brighter));
        }

        var isOverfull = regions.Count > TemplateDifference.RegionsMax;
        return new ImageDifference(
            isOverfull ? [] : [.. regions.Where(region => region.Area >= input.AreaMin)], regions.Sum(region => region.Area), isOverfull);
    }
}
