using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Images;

/// <summary>From pixels to a short list of regions without leaving the device.</summary>
internal sealed class TemplateDifferenceIlgpu : OperationForm<TemplateDifferenceInput, ImageDifference[]>
{
    private readonly Action<Index1D, ArrayView<byte>, ArrayView<byte>, ArrayView<int>, ArrayView<byte>, ArrayView<int>, DifferenceShape> _compare;
    private readonly Action<Index1D, ArrayView<int>, DifferenceShape> _join;
    private readonly Action<Index1D, ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>, DifferenceShape> _number;
    private readonly Action<Index1D, ArrayView<byte>, ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>, DifferenceShape> _measure;
    private readonly IlgpuBuffer<byte> _images;
    private readonly IlgpuBuffer<byte> _templates;
    private readonly IlgpuBuffer<byte> _mask;
    private readonly IlgpuBuffer<int> _templateOf;
    private readonly IlgpuBuffer<int> _labels;
    private readonly IlgpuBuffer<int> _places;
    private readonly IlgpuBuffer<int> _counts;
    private readonly IlgpuBuffer<int> _regions;
    private byte[] _staged = [];
    private byte[] _stagedTemplates = [];

    public TemplateDifferenceIlgpu(Accelerator accelerator)
    {
        _compare = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<byte>, ArrayView<byte>, ArrayView<int>, ArrayView<byte>, ArrayView<int>, DifferenceShape>(TemplateDifferenceKernels.Compare);
        _join = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, DifferenceShape>(TemplateDifferenceKernels.Join);
        _number = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>, DifferenceShape>(TemplateDifferenceKernels.Number);
        _measure = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<byte>, ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>, DifferenceShape>(TemplateDifferenceKernels.Measure);
        (_images, _templates, _mask) = (new(accelerator), new(accelerator), new(accelerator));
        (_templateOf, _labels, _places, _counts, _regions) =
            (new(accelerator), new(accelerator), new(accelerator), new(accelerator), new(accelerator));
    }

    public override void Launch(ReadOnlySpan<TemplateDifferenceInput> inputs, Span<ImageDifference[]> results)
    {
        var shape = new DifferenceShape(inputs[0]);
        var total = 0;
        foreach (var input in inputs)
            total = checked(total + input.Images.Length);
        if (_staged.Length < total)
            _staged = new byte[total];
        if (_stagedTemplates.Length < inputs.Length * shape.Size)
            _stagedTemplates = new byte[inputs.Length * shape.Size];
        var templateOf = new int[total / shape.Size];
        var at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            inputs[job].Images.Span.CopyTo(_staged.AsSpan(at * shape.Size));
            inputs[job].Template.Span.CopyTo(_stagedTemplates.AsSpan(job * shape.Size));
            templateOf.AsSpan(at, inputs[job].Count).Fill(job);
            at += inputs[job].Count;
        }

        var counts = new int[2 * templateOf.Length];
        var mask = _mask.Take(total);
        var labels = _labels.Take(total);
        var places = _places.Take(total);
        var list = _regions.Take(templateOf.Length * TemplateDifference.RegionsMax * TemplateDifferenceKernels.Numbers);
        _compare(
            total,
            _images.Upload(_staged.AsSpan(0, total)),
            _templates.Upload(_stagedTemplates.AsSpan(0, inputs.Length * shape.Size)),
            _templateOf.Upload(templateOf),
            mask,
            labels,
            shape);
        _join(total, labels, shape);
        var counted = _counts.Upload(counts);
        _number(total, labels, counted, places, list, shape);
        _measure(total, mask, labels, counted, places, list, shape);
        _counts.Download(counts);
        // Places are dealt out image by image, so the list is only read where there are regions.
        var last = templateOf.Length - 1;
        while (last >= 0 && counts[2 * last] == 0)
            last--;
        var regions = new int[last < 0 ? 0 : ((last * TemplateDifference.RegionsMax) + Math.Min(counts[2 * last], TemplateDifference.RegionsMax)) * TemplateDifferenceKernels.Numbers];
        _regions.Download(regions);
        at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            var differences = new ImageDifference[inputs[job].Count];
            for (var i = 0; i < differences.Length; i++, at++)
            {
                var found = counts[2 * at];
                var isOverfull = found > TemplateDifference.RegionsMax;
                var own = isOverfull || found == 0
                    ? [] : regions.AsSpan(at * TemplateDifference.RegionsMax * TemplateDifferenceKernels.Numbers, found * TemplateDifferenceKernels.Numbers);
                differences[i] = new ImageDifference(Listed(own, inputs[job].AreaMin), counts[(2 * at) + 1], isOverfull);
            }

            results[job] = differences;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _images.Dispose();
        _templates.Dispose();
        _mask.Dispose();
        _templateOf.Dispose();
        _labels.Dispose();
        _places.Dispose();
        _counts.Dispose();
        _regions.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Threads took places in any order; the first pixel puts them right.</summary>
    private static DifferenceRegion[] Listed(ReadOnlySpan<int> numbers, int areaMin)
    {
        var found = new List<(int First, DifferenceRegion Region)>();
        for (; numbers.Length > 0; numbers = numbers[TemplateDifferenceKernels.Numbers..])
        {
            if (numbers[1] >= areaMin)
            {
                found.Add((numbers[0], new DifferenceRegion(
                    numbers[3], numbers[4], numbers[5] - numbers[3] + 1, numbers[6] - numbers[4] + 1, numbers[1], numbers[2])));
            }
        }

        found.Sort((x, y) => x.First.CompareTo(y.First));
        return [.. found.Select(x => x.Region)];
    }
}
