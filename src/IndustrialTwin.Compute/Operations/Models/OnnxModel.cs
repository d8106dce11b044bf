using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;

namespace IndustrialTwin.Operations.Models;

/// <summary>
/// A trained model in ONNX form, run by ONNX Runtime on the native device's thread: one 32-bit tensor of windows in, one out, both with
/// the batch as their first dimension. Windows of all waiting jobs go through the model together. Models of the same bytes are equal.
/// </summary>
public sealed class OnnxModel : Operation<WindowBatch, float[]>, IEquatable<OnnxModel>
{
    /// <summary>Bytes that a model may have.</summary>
    public const int BytesMax = 1 << 28;

    /// <summary>Values that a window may have, and that the model may give for one.</summary>
    public const int ValuesMax = 1 << 22;

    private readonly byte[] _model;
    private readonly string _digest;

    private OnnxModel(string name, byte[] model)
    {
        Name = name;
        _model = model;
        _digest = Convert.ToHexString(SHA256.HashData(model));
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Values of one window: the product of the input's dimensions after the batch.</summary>
    public int InputLength { get; private init; }

    /// <summary>Values that the model gives for one window: the product of the output's dimensions after the batch.</summary>
    public int OutputLength { get; private init; }

    internal string InputName { get; private init; } = "";

    internal string OutputName { get; private init; } = "";

    internal long[] InputShape { get; private init; } = [];

    /// <summary>Reads a model and checks that it can be run in batches.</summary>
    /// <param name="name">Lower-case name with dashes, for traces, metrics and errors.</param>
    /// <param name="model">The model file's bytes. They are copied.</param>
    /// <exception cref="ArgumentException">The model cannot be read, or its inputs and outputs are not as they have to be; says which.</exception>
    public static OnnxModel Load(string name, ReadOnlySpan<byte> model)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (model.Length is 0 or > BytesMax)
            throw new ArgumentException($"{name}: the model has {model.Length} bytes; expected 1..{BytesMax}.", nameof(model));
        var bytes = model.ToArray();
        try
        {
            using var session = Open(bytes, GraphOptimizationLevel.ORT_DISABLE_ALL);
            var (inputName, inputShape) = Only(name, "input", session.InputMetadata);
            var (outputName, outputShape) = Only(name, "output", session.OutputMetadata);
            return new OnnxModel(name, bytes)
            {
                InputName = inputName,
                InputShape = inputShape,
                InputLength = Product(inputShape),
                OutputName = outputName,
                OutputLength = Product(outputShape),
            };
        }
        catch (OnnxRuntimeException error)
        {
            throw new ArgumentException($"{name}: the model cannot be read: {error.Message}", nameof(model), error);
        }
    }

    /// <inheritdoc/>
    public override void Validate(WindowBatch input) => input.Validate(Name, InputLength, InputLength);

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(WindowBatch input) => new(input.Length);

    /// <inheritdoc/>
    public override int WindowsOf(WindowBatch input) => input.Count;

    /// <inheritdoc/>
    public override string? NonFinite(float[] result) => Finite.Describe("Outputs", result);

    /// <summary>The model as it is written, unoptimised and window by window, in its own precision: what its numbers are is for the model to say.</summary>
    public override float[] Reference(WindowBatch input)
    {
        using var form = new OnnxForm(this, Open(_model, GraphOptimizationLevel.ORT_DISABLE_ALL));
        var outputs = new float[input.Count * OutputLength];
        var results = new float[1][];
        for (var i = 0; i < input.Count; i++)
        {
            form.Launch([new WindowBatch(input.Samples.Slice(i * input.Length, input.Length), input.Length)], results);
            results[0].CopyTo(outputs.AsSpan(i * OutputLength));
        }

        return outputs;
    }

    /// <inheritdoc/>
    public override OperationForm<WindowBatch, float[]> CreateNativeForm(NativeCode code) =>
        new OnnxForm(this, Open(_model, GraphOptimizationLevel.ORT_ENABLE_ALL));

    /// <inheritdoc/>
    public bool Equals(OnnxModel? other) => other is not null && other._digest == _digest && other.Name == Name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OnnxModel);

    /// <inheritdoc/>
    public override int GetHashCode() => _digest.GetHashCode(StringComparison.Ordinal);

    /// <summary>The device has one thread; the runtime's own would take the grains' share.</summary>
    private static InferenceSession Open(byte[] model, GraphOptimizationLevel optimization)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = optimization,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        return new InferenceSession(model, options);
    }

    private static (string Name, long[] Shape) Only(string model, string role, IReadOnlyDictionary<string, NodeMetadata> tensors)
    {
        if (tensors.Count != 1)
            throw new ArgumentException($"{model}: the model has {tensors.Count} {role}s ({string.Join(", ", tensors.Keys)}); expected one.");
        var (name, metadata) = tensors.Single();
        if (!metadata.IsTensor || metadata.ElementType != typeof(float))
            throw new ArgumentException($"{model}: {role} '{name}' is of type {metadata.ElementType?.Name ?? metadata.OnnxValueType.ToString()}; expected a tensor of 32-bit floats.");
        var shape = metadata.Dimensions;
        if (shape.Length < 2 || shape[0] > 0 || shape.Skip(1).Any(dimension => dimension <= 0) || shape.Skip(1).Aggregate(1L, (a, b) => a * b) > ValuesMax)
        {
            throw new ArgumentException(
                $"{model}: {role} '{name}' has shape [{string.Join(", ", shape)}]; expected a free batch dimension (-1) first, and then fixed ones "
                + $"with 1..{ValuesMax} values together.");
        }

        return (name, [.. shape.Skip(1).Select(dimension => (long)dimension)]);
    }

    private static int Product(long[] shape) => (int)shape.Aggregate(1L, (a, b) => a * b);
}
