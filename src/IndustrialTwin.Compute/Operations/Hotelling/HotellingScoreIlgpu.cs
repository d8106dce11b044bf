using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Hotelling;

/// <summary>One thread a row. Rows of all jobs lie behind one another, and each names its model, which is uploaded once a launch.</summary>
internal sealed class HotellingScoreIlgpu : OperationForm<HotellingScoreInput, double[]>
{
    private readonly Action<Index1D, ArrayView<double>, ArrayView<int>, ArrayView<double>, ArrayView<double>, int> _kernel;
    private readonly IlgpuBuffer<double> _rows;
    private readonly IlgpuBuffer<int> _modelOf;
    private readonly IlgpuBuffer<double> _models;
    private readonly IlgpuBuffer<double> _scores;

    public HotellingScoreIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<double>, ArrayView<int>, ArrayView<double>, ArrayView<double>, int>(Score);
        _rows = new(accelerator);
        _modelOf = new(accelerator);
        _models = new(accelerator);
        _scores = new(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Indexed(typeof(HotellingScoreIlgpu), nameof(Score))];

    public override void Launch(ReadOnlySpan<HotellingScoreInput> inputs, Span<double[]> results)
    {
        var m = inputs[0].Rows.Channels;
        var total = 0;
        foreach (var input in inputs)
            total = checked(total + input.Rows.Rows);
        var rows = new double[checked(total * m)];
        var modelOf = new int[total];
        var models = new List<double>();
        var indexes = new Dictionary<HotellingModel, int>(ReferenceEqualityComparer.Instance);
        var at = 0;
        foreach (var input in inputs)
        {
            if (!indexes.TryGetValue(input.Model, out var index))
            {
                indexes.Add(input.Model, index = indexes.Count);
                models.AddRange(input.Model.Mean);
                models.AddRange(input.Model.Scale);
                models.AddRange(input.Model.InverseCovariance);
            }

            input.Rows.Values.Span.CopyTo(rows.AsSpan(at * m));
            modelOf.AsSpan(at, input.Rows.Rows).Fill(index);
            at += input.Rows.Rows;
        }

        _kernel(
            total,
            _rows.Upload(rows),
            _modelOf.Upload(modelOf),
            _models.Upload(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(models)),
            _scores.Take(total),
            m);
        var scores = new double[total];
        _scores.Download(scores);
        at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            results[job] = scores.AsSpan(at, inputs[job].Rows.Rows).ToArray();
            at += inputs[job].Rows.Rows;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _rows.Dispose();
        _modelOf.Dispose();
        _models.Dispose();
        _scores.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A model is m means, m scales and m × m inverse covariances.</summary>
    private static void Score(
        Index1D index, ArrayView<double> rows, ArrayView<int> modelOf, ArrayView<double> models, ArrayView<double> scores, int m)
    {
        var row = (long)index.X * m;
        var mean = (long)modelOf[index] * m * (m + 2);
        var scale = mean + m;
        var inverse = scale + m;
        var score = 0.0;
        for (var i = 0; i < m; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < m; j++)
                sum += models[inverse + (i * m) + j] * (rows[row + j] - models[mean + j]) / models[scale + j];
            score += sum * (rows[row + i] - models[mean + i]) / models[scale + i];
        }

        scores[index] = score;
    }
}
