using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Models;

namespace IndustrialTwin.Kernels;

/// <summary>
/// All models in ONNX form that the silo has been given, by their names: a request says which. A unit is a window. It is the one binding with
/// more than one operation.
/// </summary>
/// <param name="models">The models, each of a name that no other has.</param>
internal sealed class ModelBinding(IEnumerable<OnnxModel> models) : KernelBinding<ModelRequest, WindowBatch, float[]>(null)
{
    /// <summary>What the kernels of all models begin with.</summary>
    internal const string Prefix = "model";

    private readonly Dictionary<string, OnnxModel> _models = models.ToDictionary(model => model.Name);

    public override string Name => Prefix;

    public override Type OperationType => typeof(OnnxModel);

    public override bool IsSliced => false;

    protected override Operation<WindowBatch, float[]> OperationOf(ModelRequest request) => ModelOf(request);

    protected override WindowBatch InputOf(ModelRequest request) => new(request.Windows, request.WindowRows);

    protected override ComputeReply ReplyTo(ModelRequest request, float[] result) => Done(result);

    protected override string KernelOf(ModelRequest request) => $"{Prefix}.{ModelOf(request).Name}";

    protected override long UnitsOf(ModelRequest request) =>
        WindowsOf(request.Windows, nameof(request.Windows), request.WindowRows, nameof(request.WindowRows));

    protected override long BytesOf(ModelRequest request) => sizeof(float) * (long)request.Windows.Length;

    protected override ModelRequest? NoiseOf(KernelShape shape, int units) => null;

    protected override ModelRequest? NoiseOfShape(string shape, int units) => _models.TryGetValue(shape, out var model)
        ? new ModelRequest(shape, KernelNoise.Floats((long)units * model.InputLength), model.InputLength)
        : null;

    private OnnxModel ModelOf(ModelRequest request) => _models.TryGetValue(Present(request.Model, nameof(request.Model)), out var model)
        ? model
        : throw new ArgumentException(
            $"{Prefix}: there is no model '{request.Model}'; this silo has {(_models.Count == 0 ? "none" : string.Join(", ", _models.Keys.Order()))}.");
}
