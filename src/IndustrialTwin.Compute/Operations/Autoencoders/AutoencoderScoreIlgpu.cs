using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>All rows of a launch at once; its jobs have one model, which stays on the device until another comes.</summary>
internal sealed class AutoencoderScoreIlgpu(Accelerator accelerator) : OperationForm<AutoencoderScoreInput, float[]>
{
    private readonly DenseLayersIlgpu _layers = new(accelerator);
    private readonly IlgpuBuffer<float> _parameters = new(accelerator);
    private readonly IlgpuBuffer<float> _errors = new(accelerator);
    private AutoencoderModel? _model;
    private WindowBatch[] _batches = [];
    private float[] _staged = [];

    public override void Launch(ReadOnlySpan<AutoencoderScoreInput> inputs, Span<float[]> results)
    {
        var model = inputs[0].Model;
        if (_batches.Length < inputs.Length)
            _batches = new WindowBatch[inputs.Length];
        for (var job = 0; job < inputs.Length; job++)
            _batches[job] = inputs[job].Rows;
        var rows = WindowStaging.Stage(_batches.AsSpan(0, inputs.Length), ref _staged);
        // Nothing of a caller's memory is kept past the launch.
        _batches.AsSpan().Clear();
        if (!ReferenceEquals(_model, model))
        {
            _parameters.Upload(model.Parameters);
            _model = model;
        }

        _layers.Values(0).Upload(_staged.AsSpan(0, rows * model.Shape.Channels));
        var scores = new float[rows];
        _layers.Forward(model.Shape, _parameters.Take(model.Parameters.Length), _errors.Upload(scores), rows);
        _errors.Download(scores);
        var at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            results[job] = scores.AsSpan(at, inputs[job].Rows.Count).ToArray();
            at += inputs[job].Rows.Count;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _layers.Dispose();
        _parameters.Dispose();
        _errors.Dispose();
        base.Dispose(disposing);
    }
}
