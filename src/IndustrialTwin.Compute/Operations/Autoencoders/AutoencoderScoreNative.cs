namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>A few hundred rows at a time, so that their values stay in the second-level cache.</summary>
internal sealed class AutoencoderScoreNative(NativeCode code) : OperationForm<AutoencoderScoreInput, float[]>
{
    private const int Block = 256;
    private readonly DenseLayers _layers = new(code);

    public override void Launch(ReadOnlySpan<AutoencoderScoreInput> inputs, Span<float[]> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var (rows, model) = (inputs[job].Rows, inputs[job].Model);
            var channels = model.Shape.Channels;
            var scores = new float[rows.Count];
            for (var from = 0; from < scores.Length; from += Block)
            {
                var count = Math.Min(Block, scores.Length - from);
                rows.Samples.Span.Slice(from * channels, count * channels).CopyTo(_layers.Input(model.Shape, count));
                _layers.Forward(model.Shape, model.Parameters, count);
                for (var r = 0; r < count; r++)
                    scores[from + r] = _layers.Error(model.Shape, r);
            }

            results[job] = scores;
        }
    }
}
