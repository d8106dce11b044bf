using System.Globalization;
using CsCheck;
using IndustrialTwin.Operations.Images;
using Xunit;

namespace IndustrialTwin.Operations;

public sealed class ImageTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(NativeCode.Simd)]
    [InlineData(NativeCode.Portable)]
    public void An_edge_filter_finds_the_edge_and_a_mean_keeps_the_mean(NativeCode code)
    {
        const int W = 70, H = 9;
        var pixels = new float[W * H];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = i % W < 33 ? 10 : 20;
        var sobel = Filter(pixels, W, H, new ImageFilter([-1, 0, 1, -2, 0, 2, -1, 0, 1], 3, 3), code);
        for (var i = 0; i < sobel.Length; i++)
            Assert.Equal(i % W is 32 or 33 ? 40 : 0, sobel[i]);
        var mean = new float[25];
        Array.Fill(mean, 1 / 25f);
        Array.Fill(pixels, 7);
        Assert.All(Filter(pixels, W, H, new ImageFilter(mean, 5, 5), code), x => Assert.Equal(7, x, 1e-5));
    }

    [Theory]
    [InlineData(NativeCode.Simd)]
    [InlineData(NativeCode.Portable)]
    public void What_is_missing_and_what_is_too_much_are_found_and_a_shift_is_not(NativeCode code)
    {
        const int W = 100, H = 60;
        var template = new byte[W * H];
        Rectangle(template, W, 20, 20, 40, 4, 255);
        var image = new byte[W * H];
        Rectangle(image, W, 21, 21, 40, 4, 255);
        Assert.Empty(Compare(image, template, W, H, code).Regions);

        // A break in the bar, 10 wide, and a spot at the corner.
        Rectangle(image, W, 35, 21, 10, 4, 0);
        Rectangle(image, W, 95, 55, 5, 5, 255);
        var regions = Compare(image, template, W, H, code).Regions;
        Assert.Equal(2, regions.Length);
        // The template's bar lies in rows 20 to 23; more than 2 pixels from the image's bar there is only the break's inside.
        Assert.Equal(new DifferenceRegion(37, 20, 6, 4, 24, 0), regions[0]);
        Assert.Equal(new DifferenceRegion(95, 55, 5, 5, 25, 25), regions[1]);
    }

    [Fact]
    public void Regions_of_any_mask_are_those_that_filling_finds()
    {
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[0, 2], Gen.Int[0, 999], Gen.Double[0.02, 0.6]).Sample(
            (w, h, tolerance, seed, density) =>
            {
                var random = new Random(seed);
                var image = new byte[2 * w * h];
                foreach (ref var pixel in image.AsSpan())
                    pixel = (byte)(random.NextDouble() < density ? 255 : random.Next(60));
                var input = new TemplateDifferenceInput(image, new byte[w * h], w, h, tolerance, 64, 1);
                var expected = TemplateDifference.Instance.Reference(input);
                foreach (var code in (NativeCode[])[NativeCode.Simd, NativeCode.Portable])
                {
                    using var form = TemplateDifference.Instance.CreateNativeForm(code);
                    var results = new ImageDifference[1][];
                    form.Launch([input], results);
                    for (var i = 0; i < 2; i++)
                    {
                        Assert.Equal(expected[i].Regions, results[0][i].Regions);
                        Assert.Equal(expected[i].DifferingPixels, results[0][i].DifferingPixels);
                    }
                }
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public void An_image_of_something_else_is_overfull()
    {
        const int W = 300, H = 300;
        var image = new byte[W * H];
        for (var i = 0; i < image.Length; i++)
            image[i] = (byte)(i % W % 2 == 0 && i / W % 2 == 0 ? 255 : 0);
        using var form = TemplateDifference.Instance.CreateNativeForm(NativeCode.Simd);
        var results = new ImageDifference[1][];
        form.Launch([new TemplateDifferenceInput(image, new byte[W * H], W, H, 0)], results);
        Assert.True(results[0][0].IsOverfull);
        Assert.Empty(results[0][0].Regions);
        Assert.Equal(150 * 150, results[0][0].DifferingPixels);
    }

    [Fact]
    public void Real_boards_show_their_defects()
    {
        // DeepPCB; matching as its evaluation script does: greedy, overlap above 0.33, class not asked. A region is grown by what the
        // tolerance hid and by the margin that the annotators left.
        const int Pairs = 25, Tolerance = 4, Grown = 10;
        var boxes = File.ReadLines(DataSets.Path("deeppcb", "dev", "annotations.csv")).Skip(1).Select(line => line.Split(','))
            .GroupBy(x => (Group: x[0], Id: x[1])).Take(1_000).Where((_, i) => i % (1_000 / Pairs) == 0).ToArray();
        var (hits, found, real) = (0, 0, 0);
        foreach (var pair in boxes)
        {
            var (image, w, h) = GreyPng.Read(DataSets.Path("deeppcb", "dev", pair.Key.Group, pair.Key.Id + "_test.png"));
            var template = GreyPng.Read(DataSets.Path("deeppcb", "dev", pair.Key.Group, pair.Key.Id + "_temp.png")).Pixels;
            using var form = TemplateDifference.Instance.CreateNativeForm(NativeCode.Simd);
            var results = new ImageDifference[1][];
            form.Launch([new TemplateDifferenceInput(image, template, w, h, Tolerance, 64, 6)], results);
            var left = Merged(results[0][0].Regions.Select(
                r => (r.X - Grown, r.Y - Grown, r.X + r.Width + Grown, r.Y + r.Height + Grown)));
            found += left.Count;
            foreach (var x in pair)
            {
                var box = Array.ConvertAll(x[2..6], v => int.Parse(v, CultureInfo.InvariantCulture));
                real++;
                var match = left.FindIndex(r => Overlap(r, (box[0], box[1], box[2], box[3])) > 0.33);
                if (match >= 0)
                {
                    hits++;
                    left.RemoveAt(match);
                }
            }
        }

        var (precision, recall) = ((double)hits / found, (double)hits / real);
        var f = 2 * precision * recall / (precision + recall);
        output.WriteLine($"DeepPCB, {boxes.Length} pairs: P {precision:f3}, R {recall:f3}, F {f:f3}, class-agnostic.");
        Assert.True(f > 0.85, $"F is {f:f3}.");
    }

    /// <summary>Boxes that overlap belong to one defect, of which the tolerance hid the middle.</summary>
    private static List<(int X1, int Y1, int X2, int Y2)> Merged(IEnumerable<(int X1, int Y1, int X2, int Y2)> boxes)
    {
        var merged = new List<(int X1, int Y1, int X2, int Y2)>();
        foreach (var next in boxes)
        {
            var box = next;
            for (var i = merged.FindIndex(other => Overlap(other, box) > 0); i >= 0; i = merged.FindIndex(other => Overlap(other, box) > 0))
            {
                var other = merged[i];
                merged.RemoveAt(i);
                box = (Math.Min(box.X1, other.X1), Math.Min(box.Y1, other.Y1), Math.Max(box.X2, other.X2), Math.Max(box.Y2, other.Y2));
            }

            merged.Add(box);
        }

        return merged;
    }

    private static double Overlap((int X1, int Y1, int X2, int Y2) a, (int X1, int Y1, int X2, int Y2) b)
    {
        double width = Math.Min(a.X2, b.X2) - Math.Max(a.X1, b.X1), height = Math.Min(a.Y2, b.Y2) - Math.Max(a.Y1, b.Y1);
        if (width <= 0 || height <= 0)
            return 0;
        double areaA = (a.X2 - a.X1) * (a.Y2 - a.Y1), areaB = (b.X2 - b.X1) * (b.Y2 - b.Y1);
        return width * height / (areaA + areaB - (width * height));
    }

    private static float[] Filter(float[] pixels, int w, int h, ImageFilter filter, NativeCode code)
    {
        using var form = Convolution.Instance.CreateNativeForm(code);
        var results = new float[1][];
        form.Launch([new ConvolutionInput(pixels, w, h, filter)], results);
        return results[0];
    }

    private static ImageDifference Compare(byte[] image, byte[] template, int w, int h, NativeCode code)
    {
        var input = new TemplateDifferenceInput(image, template, w, h);
        TemplateDifference.Instance.Validate(input);
        using var form = TemplateDifference.Instance.CreateNativeForm(code);
        var results = new ImageDifference[1][];
        form.Launch([input], results);
        return Assert.Single(results[0]);
    }

    private static void Rectangle(byte[] image, int w, int x, int y, int width, int height, byte value)
    {
        for (var row = y; row < y + height; row++)
            image.AsSpan((row * w) + x, width).Fill(value);
    }
}
