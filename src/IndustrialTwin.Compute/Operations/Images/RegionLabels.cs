namespace IndustrialTwin.Operations.Images;

/// <summary>
/// Connected regions of a mask by runs of rows and union-find (He, Chao and Suzuki, A run-based two-scan labeling algorithm, 2008). Each
/// region is known by its first run. Holds scratch; for one thread.
/// </summary>
internal sealed class RegionLabels
{
    private Region[] _regions = new Region[256];
    private int[] _parents = new int[256];
    private int _count;

    /// <summary>Regions of one mask.</summary>
    public ImageDifference Of(ReadOnlySpan<byte> mask, int width, int areaMin)
    {
        _count = 0;
        var (above, aboveEnd) = (0, 0);
        for (var (y, from) = (0, 0); from < mask.Length; y++, from += width)
        {
            var start = _count;
            Runs(mask.Slice(from, width), y);
            Join(above, aboveEnd, start);
            (above, aboveEnd) = (start, _count);
        }

        var found = 0;
        var pixels = 0;
        for (var i = 0; i < _count; i++)
        {
            pixels += _regions[i].OwnArea;
            found += _parents[i] == i ? 1 : 0;
        }

        if (found > TemplateDifference.RegionsMax)
            return new ImageDifference([], pixels, true);
        for (var i = _count - 1; i >= 0; i--)
        {
            if (_parents[i] != i)
                _regions[Root(i)].Add(_regions[i]);
        }

        var regions = new List<DifferenceRegion>();
        for (var i = 0; i < _count; i++)
        {
            ref var region = ref _regions[i];
            if (_parents[i] == i && region.Area >= areaMin)
            {
                regions.Add(new DifferenceRegion(
                    region.Left, region.Top, region.Right - region.Left, region.Bottom - region.Top + 1, region.Area, region.Brighter));
            }
        }

        return new ImageDifference([.. regions], pixels, false);
    }

    private void Runs(ReadOnlySpan<byte> row, int y)
    {
        for (var x = 0; x < row.Length;)
        {
            var skipped = row[x..].IndexOfAnyExcept(DifferenceMask.Same);
            if (skipped < 0)
                return;
            var left = x + skipped;
            var length = row[left..].IndexOf(DifferenceMask.Same);
            x = length < 0 ? row.Length : left + length;
            if (_count == _regions.Length)
            {
                Array.Resize(ref _regions, 2 * _count);
                Array.Resize(ref _parents, 2 * _count);
            }

            var brighter = row[left..x].Count(DifferenceMask.Brighter);
            _regions[_count] = new Region { Left = left, Right = x, Top = y, Bottom = y, OwnArea = x - left, Area = x - left, Brighter = brighter };
            _parents[_count] = _count;
            _count++;
        }
    }

    /// <summary>Joins the runs of a row with those above that touch them, corners included.</summary>
    private void Join(int above, int aboveEnd, int start)
    {
        for (var run = start; run < _count; run++)
        {
            while (above < aboveEnd && _regions[above].Right < _regions[run].Left)
                above++;
            for (var other = above; other < aboveEnd && _regions[other].Left <= _regions[run].Right; other++)
            {
                var (a, b) = (Root(other), Root(run));
                _parents[Math.Max(a, b)] = Math.Min(a, b);
            }
        }
    }

    private int Root(int run)
    {
        while (_parents[run] != run)
        {
            _parents[run] = _parents[_parents[run]];
            run = _parents[run];
        }

        return run;
    }

    private struct Region
    {
        public int Left;
        public int Right;
        public int Top;
        public int Bottom;
        public int OwnArea;
        public int Area;
        public int Brighter;

        public void Add(in Region other)
        {
            (Left, Right) = (Math.Min(Left, other.Left), Math.Max(Right, other.Right));
            (Top, Bottom) = (Math.Min(Top, other.Top), Math.Max(Bottom, other.Bottom));
            Area += other.Area;
            Brighter += other.Brighter;
        }
    }
}
