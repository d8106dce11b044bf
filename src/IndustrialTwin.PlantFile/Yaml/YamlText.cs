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
        var at = new Place(0, string.Empty);
        try
        {
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                throw new YamlFault(0, 0, string.Empty, "an empty file", "a plant");
            }

            var root = ReadNode(parser, string.Empty, 0, ref at);
            parser.Consume<DocumentEnd>();
            if (parser.TryConsume<DocumentStart>(out var second))
            {
                throw new YamlFault((int)second.Start.Line, (int)second.Start.Column, string.Empty, "a second document", "one document in a file");
            }

            return root;
        }
        catch (YamlException fault)
        {
            var message = OneLine(fault.InnerException?.Message ?? fault.Message);
            var (line, column) = message.Contains("tab as indentation", StringComparison.Ordinal) && Tab(text, (int)fault.Start.Line) is { } tab
                ? tab
                : ((int)fault.End.Line, (int)fault.End.Column);
            throw new YamlFault(line, column, at.Path, message, "YAML 1.2");
        }
        catch (InvalidOperationException)
        {
            // The scanner meets some stray tabs with this one instead of its own exception.
            throw new YamlFault((int)(parser.Current?.End.Line ?? 0), (int)(parser.Current?.End.Column ?? 0), at.Path, "a character out of place after this", "YAML 1.2");
        }
    }

    private static YamlNode ReadNode(Parser parser, string path, int depth, ref Place at)
    {
        var (line, column) = parser.Current is { } current ? ((int)current.Start.Line, (int)current.Start.Column) : (0, 0);
        if (depth > DepthMax)
        {
            throw new YamlFault(line, column, path, $"more than {DepthMax} levels", "a plant file's few levels");
        }

        at = new Place(at.Nodes + 1, path);
        if (at.Nodes > NodesMax)
        {
            throw new YamlFault(line, column, path, $"more than {NodesMax} values", "a smaller file");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            throw new YamlFault(line, column, path, $"the alias '*{alias.Value}'", "no aliases; use 'extends' of a machine type");
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
                items.Add(ReadNode(parser, $"{path}[{items.Count}]", depth + 1, ref at));
            }

            return new YamlList(line, column, items);
        }

        parser.Consume<MappingStart>();
        var entries = new List<(YamlScalar, YamlNode)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var node = ReadNode(parser, path, depth + 1, ref at);
            var key = node as YamlScalar ?? throw new YamlFault(node.Line, node.Column, path, $"{node.Shown} as a key", "a name as a key");
            entries.Add((key, ReadNode(parser, path.Length == 0 ? key.Value : $"{path}.{key.Value}", depth + 1, ref at)));
        }

        return new YamlMap(line, column, entries);
    }

    /// <summary>How far reading has come: the nodes so far, and the path of the last one.</summary>
    private readonly record struct Place(int Nodes, string Path);

    /// <summary>The first tab that indents, from a line on: the scanner names the mapping around it, but people look for the tab.</summary>
    private static (int Line, int Column)? Tab(string text, int fromLine)
    {
        var line = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            line++;
            var indent = content[..(content.Length - content.TrimStart().Length)].IndexOf('\t');
            if (line >= fromLine && indent >= 0)
            {
                return (line, indent + 1);
            }
        }

        return null;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
