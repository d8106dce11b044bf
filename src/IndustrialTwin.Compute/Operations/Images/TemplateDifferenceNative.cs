using System.Numerics;

namespace IndustrialTwin.Operations.Images;

/// <summary>Least and greatest neighbours along rows, then along columns, a register of pixels at a time; then the regions.</summary>
internal sealed class TemplateDifferenceNative(NativeCode code) : OperationForm<TemplateDifferenceInput, ImageDifference[]>
{
    private readonly bool _isSimd = code == NativeCode.Simd;
    private readonly RegionLabels _labels = new();
    private byte[] _frame = [];
    private byte[][] _planes = [[], [], [], [], [], []];
    private byte[] _mask = [];

    public override void Launch(ReadOnlySpan<TemplateDifferenceInput> inputs, Span<ImageDifference[]> results)
    {
        var (w, h) = (inputs[0].Width, inputs[0].Height);
        var size = w * h;
        if (_mask.Length < size)
        {
            _mask = new byte[size];
            _planes = [new byte[size], new byte[size], new byte[size], new byte[size], new byte[size], new byte[size]];
        }

        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var template = input.Template.Span;
            Neighbours(template, w, h, input.Tolerance, _planes[2].AsSpan(0, size), _planes[3].AsSpan(0, size));
            var differences = new ImageDifference[input.Count];
            for (var i = 0; i < differences.Length; i++)
            {
                var image = input.Images.Span.Slice(i * size, size);
                Neighbours(image, w, h, input.Tolerance, _planes[4].AsSpan(0, size), _planes[5].AsSpan(0, size));
                Compare(image, template, (byte)input.Threshold, _mask.AsSpan(0, size));
                differences[i] = _labels.Of(_mask.AsSpan(0, size), w, input.AreaMin);
            }

            results[job] = differences;
        }
    }

    private void Neighbours(ReadOnlySpan<byte> image, int w, int h, int tolerance, Span<byte> low, Span<byte> high)
    {
        // Along rows, over a copy whose ends are repeated: past the border the nearest pixel changes neither extreme.
        if (_frame.Length < w + (2 * tolerance))
            _frame = new byte[w + (2 * tolerance)];
        var (rowLow, rowHigh) = (_planes[0], _planes[1]);
        for (var y = 0; y < h; y++)
        {
            var row = image.Slice(y * w, w);
            _frame.AsSpan(0, tolerance).Fill(row[0]);
            row.CopyTo(_frame.AsSpan(tolerance));
            _frame.AsSpan(tolerance + w, tolerance).Fill(row[^1]);
            row.CopyTo(rowLow.AsSpan(y * w));
            row.CopyTo(rowHigh.AsSpan(y * w));
            for (var shift = 0; shift <= 2 * tolerance; shift++)
                Extremes(_frame.AsSpan(shift, w), _frame.AsSpan(shift, w), rowLow.AsSpan(y * w, w), rowHigh.AsSpan(y * w, w));
        }

        for (var y = 0; y < h; y++)
        {
            rowLow.AsSpan(y * w, w).CopyTo(low[(y * w)..]);
            rowHigh.AsSpan(y * w, w).CopyTo(high[(y * w)..]);
            for (var other = Math.Max(0, y - tolerance); other <= Math.Min(h - 1, y + tolerance); other++)
                Extremes(rowLow.AsSpan(other * w, w), rowHigh.AsSpan(other * w, w), low.Slice(y * w, w), high.Slice(y * w, w));
        }
    }

    private void Extremes(ReadOnlySpan<byte> lows, ReadOnlySpan<byte> highs, Span<byte> low, Span<byte> high)
    {
        var i = 0;
        if (_isSimd)
        {
            for (; i + Vector<byte>.Count <= low.Length; i += Vector<byte>.Count)
            {
                Vector.Min(new Vector<byte>(low[i..]), new Vector<byte>(lows[i..])).CopyTo(low[i..]);
                Vector.Max(new Vector<byte>(high[i..]), new Vector<byte>(highs[i..])).CopyTo(high[i..]);
            }
        }

        for (; i < low.Length; i++)
        {
            low[i] = Math.Min(low[i], lows[i]);
            high[i] = Math.Max(high[i], highs[i]);
        }
    }

    private void Compare(ReadOnlySpan<byte> image, ReadOnlySpan<byte> template, byte threshold, Span<byte> mask)
    {
        ReadOnlySpan<byte> goodLow = _planes[2], goodHigh = _planes[3], low = _planes[4], high = _planes[5];
        var i = 0;
        if (_isSimd)
        {
            var levels = new Vector<byte>(threshold);
            for (; i + Vector<byte>.Count <= mask.Length; i += Vector<byte>.Count)
            {
                var (own, good) = (new Vector<byte>(image[i..]), new Vector<byte>(template[i..]));
                var brighter = Above(own, new Vector<byte>(goodHigh[i..]), levels) | Above(new Vector<byte>(low[i..]), good, levels);
                var darker = Above(new Vector<byte>(goodLow[i..]), own, levels) | Above(good, new Vector<byte>(high[i..]), levels);
                var value = (brighter & new Vector<byte>(DifferenceMask.Brighter)) | (Vector.AndNot(darker, brighter) & new Vector<byte>(DifferenceMask.Darker));
                value.CopyTo(mask[i..]);
            }
        }

        for (; i < mask.Length; i++)
        {
            mask[i] = image[i] > goodHigh[i] + threshold || template[i] < low[i] - threshold ? DifferenceMask.Brighter
                : image[i] < goodLow[i] - threshold || template[i] > high[i] + threshold ? DifferenceMask.Darker
                : DifferenceMask.Same;
        }
    }

    /// <summary>Lanes where x exceeds y by more than the levels.</summary>
    private static Vector<byte> Above(Vector<byte> x, Vector<byte> y, Vector<byte> levels) =>
        Vector.GreaterThan(Vector.Max(x, y) - y, levels);
}
