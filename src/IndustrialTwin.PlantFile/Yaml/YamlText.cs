using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace IndustrialTwin.Yaml;

/// <summary>
/// Reads one YAML document into nodes. Aliases are refused: they are what cycles and size bombs are made of, and machine types have
/// <c>extends</c> for what they would be used for.
/// </summary>
internal static class YamlText
{
    private const int DepthMax = 32;
    private const int NodesMax = 1_000_000;

    /// <exception cref="YamlFault">The text is not one YAML document, or more than is read.</exception>
    public static YamlNode Read(string text)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                throw new YamlFault(0, 0, "an empty file", "a plant");
            }

            var nodes = 0;
            var root = ReadNode(parser, 0, ref nodes);
            parser.Consume<DocumentEnd>();
            if (parser.TryConsume<DocumentStart>(out var second))
            {
                throw new YamlFault((int)second.Start.Line, (int)second.Start.Column, "a second document", "one document in a file");
            }

            return root;
        }
        catch (YamlException fault)
        {
            throw new YamlFault((int)fault.Start.Line, (int)fault.Start.Column, OneLine(fault.InnerException?.Message ?? fault.Message), "YAML 1.2");
        }
        catch (InvalidOperationException)
        {
            // The scanner meets some stray tabs with this one instead of its own exception.
            throw new YamlFault((int)(parser.Current?.End.Line ?? 0), (int)(parser.Current?.End.Column ?? 0), "a character out of place after this", "YAML 1.2");
        }
    }

    private static YamlNode ReadNode(Parser parser, int depth, ref int nodes)
    {
        var (line, column) = parser.Current is { } current ? ((int)current.Start.Line, (int)current.Start.Column) : (0, 0);
        if (depth > DepthMax)
        {
            throw new YamlFault(line, column, $"more than {DepthMax} levels", "a plant file's few levels");
        }

        if (++nodes > NodesMax)
        {
            throw new YamlFault(line, column, $"more than {NodesMax} values", "a smaller file");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            throw new YamlFault(line, column, $"the alias '*{alias.Value}'", "no aliases; use 'extends' of a machine type");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return new YamlScalar(line, column, scalar.Value, scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<YamlNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(parser, depth + 1, ref nodes));
            }

            return new YamlList(line, column, items);
        }

        parser.Consume<MappingStart>();
        var entries = new List<(YamlScalar, YamlNode)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(parser, depth + 1, ref nodes);
            entries.Add((
                key as YamlScalar ?? throw new YamlFault(key.Line, key.Column, $"{key.Shown} as a key", "a name as a key"),
                ReadNode(parser, depth + 1, ref nodes)));
        }

        return new YamlMap(line, column, entries);
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
