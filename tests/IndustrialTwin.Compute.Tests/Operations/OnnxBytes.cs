using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;

namespace IndustrialTwin.Operations;

/// <summary>Writes small ONNX models field by field, as onnx.proto3 numbers them.</summary>
internal static class OnnxBytes
{
    private const int Float = 1;

    /// <summary>y = Relu(x W + b) of shape [batch, inputs] → [batch, outputs]; weights are inputs × outputs, row after row.</summary>
    public static byte[] Dense(float[] weights, float[] bias, int inputs, string batch = "batch") => Message(model =>
    {
        model.Number(1, 8); // ir_version
        model.Bytes(7, Message(graph =>
        {
            graph.Bytes(1, Node("Gemm", ["x", "w", "b"], "z"));
            graph.Bytes(1, Node("Relu", ["z"], "y"));
            graph.Text(2, "dense");
            graph.Bytes(5, Constant("w", weights, inputs, bias.Length));
            graph.Bytes(5, Constant("b", bias, bias.Length));
            graph.Bytes(11, Value("x", batch, inputs));
            graph.Bytes(12, Value("y", batch, bias.Length));
        }));
        model.Bytes(8, Message(opset => opset.Number(2, 17)));
    });

    private static byte[] Node(string type, string[] inputs, string output) => Message(node =>
    {
        foreach (var input in inputs)
            node.Text(1, input);
        node.Text(2, output);
        node.Text(4, type);
    });

    private static byte[] Constant(string name, float[] values, params int[] shape) => Message(tensor =>
    {
        foreach (var dimension in shape)
            tensor.Number(1, dimension);
        tensor.Number(2, Float);
        tensor.Text(8, name);
        tensor.Bytes(9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()); // raw_data, little-endian
    });

    private static byte[] Value(string name, string batch, int length) => Message(value =>
    {
        value.Text(1, name);
        value.Bytes(2, Message(kind => kind.Bytes(1, Message(tensor =>
        {
            tensor.Number(1, Float);
            tensor.Bytes(2, Message(shape =>
            {
                shape.Bytes(1, Message(first =>
                {
                    if (int.TryParse(batch, out var fixedBatch))
                        first.Number(1, fixedBatch);
                    else
                        first.Text(2, batch);
                }));
                shape.Bytes(1, Message(second => second.Number(1, length)));
            }));
        }))));
    });

    private static byte[] Message(Action<Fields> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
            write(new Fields(output));
        return stream.ToArray();
    }

    private readonly record struct Fields(CodedOutputStream Output)
    {
        public void Number(int field, long value)
        {
            Output.WriteTag(field, WireFormat.WireType.Varint);
            Output.WriteInt64(value);
        }

        public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public void Bytes(int field, byte[] value)
        {
            Output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            Output.WriteBytes(ByteString.CopyFrom(value));
        }
    }
}
