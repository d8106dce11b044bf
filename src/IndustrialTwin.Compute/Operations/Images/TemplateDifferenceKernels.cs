using ILGPU;

namespace IndustrialTwin.Operations.Images;

/// <summary>
/// One thread a pixel in each. Regions join by union-find with atomic minima (Playne and Hawick, A new algorithm for parallel
/// connected-component labelling on GPUs, 2018): a label is the index of a pixel of the same region, in the end its first.
/// </summary>
internal static class TemplateDifferenceKernels
{
    /// <summary>Numbers kept of a region: first pixel, area, brighter pixels, left, top, right, bottom.</summary>
    public const int Numbers = 7;

    private const int None = -1;

    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        KernelGroups.Indexed(typeof(TemplateDifferenceKernels), nameof(Compare)),
        KernelGroups.Indexed(typeof(TemplateDifferenceKernels), nameof(Join)),
        KernelGroups.Indexed(typeof(TemplateDifferenceKernels), nameof(Number)),
        KernelGroups.Indexed(typeof(TemplateDifferenceKernels), nameof(Measure)),
    ];

    /// <summary>Marks what differs; a pixel that does is a region of its own at first.</summary>
    public static void Compare(
        Index1D index, ArrayView<byte> images, ArrayView<byte> templates, ArrayView<int> templateOf, ArrayView<byte> mask, ArrayView<int> labels, DifferenceShape shape)
    {
        var image = index.X / shape.Size;
        var at = index.X - (image * shape.Size);
        var y = at / shape.Width;
        var x = at - (y * shape.Width);
        var good = templateOf[image] * shape.Size;
        var from = image * shape.Size;
        int low = 255, high = 0, goodLow = 255, goodHigh = 0;
        var bottom = IntrinsicMath.Min(shape.Height - 1, y + shape.Tolerance);
        var right = IntrinsicMath.Min(shape.Width - 1, x + shape.Tolerance);
        for (var row = IntrinsicMath.Max(0, y - shape.Tolerance); row <= bottom; row++)
        {
            for (var column = IntrinsicMath.Max(0, x - shape.Tolerance); column <= right; column++)
            {
                var place = (row * shape.Width) + column;
                int value = images[from + place];
                int goodValue = templates[good + place];
                low = IntrinsicMath.Min(low, value);
                high = IntrinsicMath.Max(high, value);
                goodLow = IntrinsicMath.Min(goodLow, goodValue);
                goodHigh = IntrinsicMath.Max(goodHigh, goodValue);
            }
        }

        int own = images[index];
        int ownGood = templates[good + at];
        var what = DifferenceMask.Same;
        if (own > goodHigh + shape.Threshold || ownGood < low - shape.Threshold)
            what = DifferenceMask.Brighter;
        else if (own < goodLow - shape.Threshold || ownGood > high + shape.Threshold)
            what = DifferenceMask.Darker;
        mask[index] = what;
        labels[index] = what == DifferenceMask.Same ? None : index.X;
    }

    /// <summary>Joins each pixel with the four of its neighbours that come before it.</summary>
    public static void Join(Index1D index, ArrayView<int> labels, DifferenceShape shape)
    {
        if (labels[index] == None)
            return;
        var at = index.X - (index.X / shape.Size * shape.Size);
        var y = at / shape.Width;
        var x = at - (y * shape.Width);
        if (x > 0)
            Unite(labels, index.X, index.X - 1);
        if (y == 0)
            return;
        var above = index.X - shape.Width;
        Unite(labels, index.X, above);
        if (x > 0)
            Unite(labels, index.X, above - 1);
        if (x < shape.Width - 1)
            Unite(labels, index.X, above + 1);
    }

    /// <summary>Gives each region's first pixel a place in the list, as long as there are any.</summary>
    public static void Number(Index1D index, ArrayView<int> labels, ArrayView<int> counts, ArrayView<int> places, ArrayView<int> regions, DifferenceShape shape)
    {
        if (labels[index] != index.X)
            return;
        var image = index.X / shape.Size;
        var place = Atomic.Add(ref counts[2 * image], 1);
        places[index] = place;
        if (place >= TemplateDifference.RegionsMax)
            return;
        var to = ((image * TemplateDifference.RegionsMax) + place) * Numbers;
        regions[to] = index.X - (image * shape.Size);
        regions[to + 1] = 0;
        regions[to + 2] = 0;
        regions[to + 3] = int.MaxValue;
        regions[to + 4] = int.MaxValue;
        regions[to + 5] = 0;
        regions[to + 6] = 0;
    }

    /// <summary>Adds each pixel to its region.</summary>
    public static void Measure(
        Index1D index, ArrayView<byte> mask, ArrayView<int> labels, ArrayView<int> counts, ArrayView<int> places, ArrayView<int> regions, DifferenceShape shape)
    {
        if (labels[index] == None)
            return;
        var image = index.X / shape.Size;
        Atomic.Add(ref counts[(2 * image) + 1], 1);
        var place = places[Root(labels, index.X)];
        if (place >= TemplateDifference.RegionsMax)
            return;
        var at = index.X - (image * shape.Size);
        var y = at / shape.Width;
        var x = at - (y * shape.Width);
        var to = ((image * TemplateDifference.RegionsMax) + place) * Numbers;
        Atomic.Add(ref regions[to + 1], 1);
        if (mask[index] == DifferenceMask.Brighter)
            Atomic.Add(ref regions[to + 2], 1);
        Atomic.Min(ref regions[to + 3], x);
        Atomic.Min(ref regions[to + 4], y);
        Atomic.Max(ref regions[to + 5], x);
        Atomic.Max(ref regions[to + 6], y);
    }

    private static void Unite(ArrayView<int> labels, int pixel, int other)
    {
        if (labels[other] == None)
            return;
        var a = Root(labels, pixel);
        var b = Root(labels, other);
        while (a != b)
        {
            var high = a > b ? a : b;
            var low = a > b ? b : a;
            var before = Atomic.Min(ref labels[high], low);
            if (before == high)
                return;
            // Another thread had joined it elsewhere meanwhile: that one is to be joined as well.
            a = Root(labels, before);
            b = Root(labels, low);
        }
    }

    private static int Root(ArrayView<int> labels, int pixel)
    {
        var label = labels[pixel];
        while (label != pixel)
        {
            pixel = label;
            label = labels[pixel];
        }

        return pixel;
    }
}

/// <summary>The same for all images of a launch.</summary>
internal readonly struct DifferenceShape(TemplateDifferenceInput input)
{
    public readonly int Width = input.Width;
    public readonly int Height = input.Height;
    public readonly int Size = input.Width * input.Height;
    public readonly int Tolerance = input.Tolerance;
    public readonly int Threshold = input.Threshold;
}
