using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>gradient-aggregation</c>.</summary>
internal static class Gradients
{
    private const int WorkersMax = 256;
    private const long WeightedMean = 0;
    private const long Median = 2;

    public static LaunchResult Join(Inputs inputs, CancellationToken cancellationToken)
    {
        var (gradients, workers, coordinates) = inputs.Float32Matrix("gradients");
        var rule = inputs.Int64("rule", WeightedMean, Median);
        var (given, extents) = inputs.Float32("weights", 1);
        var (trimShare, clipNorm) = (inputs.Float64("trim-share"), inputs.Float64("clip-norm"));
        inputs.End();
        inputs.Expect(workers is > 0 and <= WorkersMax && coordinates > 0, $"gradients is {workers} × {coordinates}");
        inputs.Expect(extents[0] == 0 || extents[0] == workers, $"there are {extents[0]} weights; expected {workers} or none");
        inputs.Expect(trimShare is >= 0 and < 0.5 && clipNorm > 0, $"trim-share is {trimShare}, clip-norm is {clipNorm}");
        var weights = given.Length == 0 ? [.. Enumerable.Repeat(1.0, workers)] : Array.ConvertAll(given, weight => (double)weight);
        inputs.Expect(weights.All(weight => weight >= 0) && weights.Sum() > 0, "weights are below 0 or all 0");
        var norms = Enumerable.Range(0, workers)
            .Select(w => Math.Sqrt(gradients.AsSpan(w * coordinates, coordinates).ToArray().Sum(x => (double)x * x))).ToArray();
        var values = new float[coordinates];
        for (var i = 0; i < coordinates; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var column = Enumerable.Range(0, workers)
                .Select(w => gradients[(w * coordinates) + i] * (norms[w] > clipNorm ? clipNorm / norms[w] : 1)).ToArray();
            var trimmed = rule == Median ? (workers - 1) / 2 : (int)(trimShare * workers);
            values[i] = (float)(rule == WeightedMean
                ? column.Zip(weights, (x, weight) => x * weight).Sum() / weights.Sum()
                : column.Order().Skip(trimmed).SkipLast(trimmed).Average());
        }

        return new LaunchResult
        {
            Outputs =
            {
                Inputs.Output("values", values, coordinates),
                Inputs.Output("norms", Array.ConvertAll(norms, norm => (float)norm), workers),
                Inputs.Output("clipped", norms.Count(norm => norm > clipNorm)),
            },
        };
    }
}
