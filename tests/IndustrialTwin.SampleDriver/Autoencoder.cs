using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>autoencoder-score</c>.</summary>
internal static class Autoencoder
{
    private const int ExtentMax = 1_024;

    public static LaunchResult Score(Inputs inputs, CancellationToken cancellationToken)
    {
        var (rows, count, channels) = inputs.Float32Matrix("rows");
        var hidden = (int)inputs.Int64("hidden", 1, ExtentMax);
        var code = (int)inputs.Int64("code", 1, ExtentMax);
        var (parameters, extents) = inputs.Float32("parameters", 1);
        inputs.End();
        inputs.Expect(count > 0 && channels is > 0 and <= ExtentMax, $"rows is {count} × {channels}");
        int[] units = [channels, hidden, code, hidden, channels];
        var expected = Enumerable.Range(0, 4).Sum(layer => (units[layer] + 1) * units[layer + 1]);
        inputs.Expect(extents[0] == expected, $"there are {extents[0]} parameters; expected {expected}");
        var scores = new float[count];
        for (var r = 0; r < count; r++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var values = Array.ConvertAll(rows[(r * channels)..((r + 1) * channels)], x => (double)x);
            var offset = 0;
            for (var layer = 0; layer < 4; layer++)
            {
                var (from, to) = (values, new double[units[layer + 1]]);
                for (var o = 0; o < to.Length; o++)
                {
                    double sum = parameters[offset + (from.Length * to.Length) + o];
                    for (var i = 0; i < from.Length; i++)
                        sum += from[i] * parameters[offset + (i * to.Length) + o];
                    to[o] = layer == 3 ? sum : sum / (1 + Math.Abs(sum));
                }

                offset += (from.Length + 1) * to.Length;
                values = to;
            }

            scores[r] = (float)values.Select((value, i) => Math.Pow(value - rows[(r * channels) + i], 2)).Average();
        }

        return new LaunchResult { Outputs = { Inputs.Output("scores", scores, count) } };
    }
}
