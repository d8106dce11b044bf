using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>ONNX Runtime's DFT operator on one thread; the model is one node, written here field by field (onnx.proto3).</summary>
internal sealed class OnnxDft : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtValue _input;
    private readonly RunOptions _options = new();

    public OnnxDft(float[] windows, int length)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        _session = new InferenceSession(Model(), options);
        _input = OrtValue.CreateTensorValueFromMemory(windows, [windows.Length / length, length, 1]);
    }

    /// <summary>Transforms all windows and gives the result's first value.</summary>
    public double Run()
    {
        using var results = _session.Run(_options, ["x"], [_input], ["y"]);
        return results[0].GetTensorDataAsSpan<float>()[0];
    }

    public void Dispose()
    {
        _options.Dispose();
        _input.Dispose();
        _session.Dispose();
    }

    private static byte[] Model() => Message(model =>
    {
        model.Varint(1, 8); // ir_version
        model.Bytes(8, Message(opset => opset.Varint(2, 17)));
        model.Bytes(7, Message(graph =>
        {
            graph.Bytes(1, Message(node =>
            {
                node.Text(1, "x");
                node.Text(2, "y");
                node.Text(4, "DFT");
                node.Bytes(5, Message(axis => Integer(axis, "axis", 1)));
                node.Bytes(5, Message(onesided => Integer(onesided, "onesided", 1)));
            }));
            graph.Text(2, "dft");
            graph.Bytes(11, Message(input => Tensor(input, "x")));
            graph.Bytes(12, Message(output => Tensor(output, "y")));
        }));
    });

    private static void Integer(Fields attribute, string name, long value)
    {
        attribute.Text(1, name);
        attribute.Varint(3, value);
        attribute.Varint(20, 2); // INT
    }

    private static void Tensor(Fields value, string name)
    {
        value.Text(1, name);
        value.Bytes(2, Message(type => type.Bytes(1, Message(tensor =>
        {
            tensor.Varint(1, 1); // FLOAT
            tensor.Bytes(2, Message(shape =>
            {
                foreach (var dimension in "bnc")
                    shape.Bytes(1, Message(field => field.Text(2, name + dimension)));
            }));
        }))));
    }

    private static byte[] Message(Action<Fields> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
            write(new Fields(output));
        return stream.ToArray();
    }

    private readonly record struct Fields(CodedOutputStream Output)
    {
        public void Varint(int field, long value)
        {
            Output.WriteTag(field, WireFormat.WireType.Varint);
            Output.WriteInt64(value);
        }

        public void Text(int field, string value) => Bytes(field, System.Text.Encoding.UTF8.GetBytes(value));

        public void Bytes(int field, byte[] value)
        {
            Output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            Output.WriteBytes(ByteString.CopyFrom(value));
        }
    }
}
