using Microsoft.ML.OnnxRuntime;

namespace IndustrialTwin.Operations.Models;

/// <summary>A session of ONNX Runtime; the windows of all jobs of a launch are one batch.</summary>
internal sealed class OnnxForm(OnnxModel model, InferenceSession session) : OperationForm<WindowBatch, float[]>
{
    private readonly RunOptions _options = new();
    private readonly string[] _inputs = [model.InputName];
    private readonly string[] _outputs = [model.OutputName];
    private float[] _staged = [];

    public override void Launch(ReadOnlySpan<WindowBatch> inputs, Span<float[]> results)
    {
        var windows = WindowStaging.Stage(inputs, ref _staged);
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _staged.AsMemory(0, windows * model.InputLength), [windows, .. model.InputShape]);
        using var outputs = session.Run(_options, _inputs, [input], _outputs);
        var values = outputs[0].GetTensorDataAsSpan<float>();
        if (values.Length != windows * model.OutputLength)
        {
            throw new InvalidOperationException(
                $"The model gave {values.Length} values for {windows} windows; its output '{model.OutputName}' says {model.OutputLength} a window.");
        }

        var at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            results[job] = values.Slice(at, inputs[job].Count * model.OutputLength).ToArray();
            at += results[job].Length;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _options.Dispose();
        session.Dispose();
        base.Dispose(disposing);
    }
}
