using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using IndustrialTwin.Protocol;

namespace IndustrialTwin.Drivers;

/// <summary>The calls of the driver protocol, with a limit on every answer: a driver decides what it sends, not how much we take.</summary>
internal static class DriverProtocol
{
    /// <summary>The only version there is.</summary>
    public const uint Version = 1;

    /// <summary>Least that a driver must take in one launch, in bytes.</summary>
    public const long LaunchBytesLeast = 64 << 10;

    /// <summary>Most that one launch may have, in bytes.</summary>
    public const long LaunchBytesMost = 1 << 30;

    /// <summary>What a message may have beside the data of its arrays, in bytes.</summary>
    public const int OverheadBytes = 1 << 20;

    /// <summary>Jobs of one launch at most.</summary>
    public const int LaunchJobsMost = 4_096;

    private const string Service = "itwin.driver.v1.Driver";
    private const int DescribeBytesMax = 64 << 10;
    private const int HealthBytesMax = 4 << 10;

    public static Method<DescribeRequest, DescribeReply> Describe { get; } =
        Of<DescribeRequest, DescribeReply>("Describe", payload => Parsed(DescribeReply.Parser, payload, DescribeBytesMax));

    public static Method<HealthRequest, HealthReply> Health { get; } =
        Of<HealthRequest, HealthReply>("Health", payload => Parsed(HealthReply.Parser, payload, HealthBytesMax));

    /// <summary>A launch whose answer is read as <paramref name="read"/> does; it bounds what it makes of the bytes.</summary>
    public static Method<LaunchRequest, TReply> Launch<TReply>(Func<ReadOnlySequence<byte>, TReply> read)
        where TReply : class => Of<LaunchRequest, TReply>("Launch", read);

    private static Method<TRequest, TReply> Of<TRequest, TReply>(string name, Func<ReadOnlySequence<byte>, TReply> read)
        where TRequest : class, IMessage
        where TReply : class => new(
            MethodType.Unary,
            Service,
            name,
            new Marshaller<TRequest>(Write, _ => throw new NotSupportedException("A client reads no requests.")),
            new Marshaller<TReply>((_, _) => throw new NotSupportedException("A client writes no replies."), context => read(context.PayloadAsReadOnlySequence())));

    private static void Write<T>(T message, SerializationContext context)
        where T : IMessage
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    private static T Parsed<T>(MessageParser<T> parser, ReadOnlySequence<byte> payload, int bytesMax)
        where T : IMessage<T> => payload.Length <= bytesMax
            ? parser.ParseFrom(payload)
            : throw new InvalidDataException($"The answer has {payload.Length} bytes; expected at most {bytesMax}.");
}
