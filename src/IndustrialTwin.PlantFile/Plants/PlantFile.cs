using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using IndustrialTwin.Controls;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Sites;
using IndustrialTwin.Yaml;

namespace IndustrialTwin.Plants;

/// <summary>Reads plant files. The form is described in <c>docs/plant-file.md</c>.</summary>
public static class PlantFile
{
    /// <summary>The largest file that is read, bytes.</summary>
    public const int BytesMax = 16 * 1024 * 1024;

    // A file with errors still gets its revision computed, missing numbers and all.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Reads a plant from a file. What is wrong with it, a missing file included, is in the result.</summary>
    public static PlantFileResult Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var info = new FileInfo(path);
            return info.Exists && info.Length > BytesMax
                ? Fault(path, $"{info.Length} bytes", $"at most {BytesMax}")
                : Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Fault(path, fault.Message, "a file that can be read");
        }
    }

    /// <summary>Reads a plant from a file's bytes.</summary>
    public static PlantFileResult Parse(string name, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > BytesMax)
        {
            return Fault(name, $"{utf8.Length} bytes", $"at most {BytesMax}");
        }

        try
        {
            return Parse(name, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8).TrimStart('\uFEFF'));
        }
        catch (DecoderFallbackException)
        {
            return Fault(name, "bytes that are no UTF-8", "a text file in UTF-8");
        }
    }

    /// <summary>Reads a plant from text.</summary>
    public static PlantFileResult Parse(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var errors = new ErrorList(name);
        SiteDeclaration? site = null;
        try
        {
            if (MapReader.Of(YamlText.Read(text), string.Empty, errors) is { } map)
            {
                site = ReadSite(map, errors);
            }
        }
        catch (YamlFault fault)
        {
            errors.Add(fault.Line, fault.Column, fault.Path, fault.Found, fault.Expected);
        }

        return new PlantFileResult(errors.IsEmpty ? site : null, errors.InOrder);
    }

    private static SiteDeclaration? ReadSite(MapReader map, ErrorList errors)
    {
        var site = map.Name("site");
        var title = map.Text("title", site);
        var types = map.Child("machineTypes", isNeeded: true) is { } typeMap ? new MachineTypeReader(typeMap, errors).ReadAll() : new Dictionary<string, MachineTypeDraft>();
        var lines = new List<LineDeclaration>();
        foreach (var (node, path) in map.List("lines", isNeeded: true))
        {
            if (MapReader.Of(node, path, errors) is not { } line)
            {
                continue;
            }

            var name = line.Name("line");
            var machines = ReadMachines(line, site, name, types, errors);
            if (lines.Exists(other => other.Line.Name == name))
            {
                errors.Add(line.NodeOf("line"), line.At("line"), $"the line '{name}' again", "each line once");
            }
            else if (LineKey.TryParse($"{site}/{name}", out var key))
            {
                lines.Add(new LineDeclaration(key, line.Text("title", name), machines));
            }

            line.Has("title");
            line.End();
        }

        map.End();
        return SiteKey.TryParse(site, out var siteKey) ? new SiteDeclaration(siteKey, title, [.. lines]) : null;
    }

    private static MachineDeclaration[] ReadMachines(
        MapReader line, string site, string lineName, IReadOnlyDictionary<string, MachineTypeDraft> types, ErrorList errors)
    {
        var machines = new List<MachineDeclaration>();
        foreach (var (node, path) in line.List("machines", isNeeded: true))
        {
            if (MapReader.Of(node, path, errors) is not { } map)
            {
                continue;
            }

            var (name, type) = (map.Name("machine"), map.Text("type"));
            var title = map.Text("title", name.Length > 0 ? name : "machine");
            if (!types.TryGetValue(type, out var draft) && type.Length > 0)
            {
                errors.Add(map.NodeOf("type"), map.At("type"), $"'{type}'",
                    $"a machine type of this file ({string.Join(", ", types.Keys)}){MapReader.Suggestion(type, types.Keys)}");
            }

            if (machines.Exists(other => other.Machine.Name == name))
            {
                errors.Add(map.NodeOf("machine"), map.At("machine"), $"the machine '{name}' again", "each machine once in its line");
            }
            else if (draft is not null && MachineKey.TryParse($"{site}/{lineName}/{name}", out var key))
            {
                machines.Add(Revised(new MachineDeclaration(
                    key, type, title, [.. draft.Channels], [.. draft.Analyses], [.. draft.Alarms], draft.Running,
                    draft.LatenessMax, draft.ClockSkewMax, string.Empty)
                {
                    Controls = [.. draft.Controls],
                }));
            }

            map.End();
        }

        return [.. machines];
    }

    /// <summary>The declaration with the hash of its content as its revision.</summary>
    public static MachineDeclaration Revised(MachineDeclaration declaration)
    {
        ArgumentNullException.ThrowIfNull(declaration);
        var content = JsonSerializer.SerializeToUtf8Bytes(new
        {
            declaration.Machine.Value,
            declaration.Type,
            declaration.Title,
            declaration.Channels,
            Analyses = declaration.Analyses.Select(analysis => new { Kind = analysis.GetType().Name, Content = JsonSerializer.Serialize(analysis, analysis.GetType(), Json) }),
            declaration.Alarms,
            declaration.Running,
            declaration.LatenessMax,
            declaration.ClockSkewMax,
            Controls = declaration.Controls.Select(control => new { control.Name, control.Channel, control.WindowRows, control.Statistic, control.Command, control.Deadline, Kind = control.Law.GetType().Name, Law = Acts(control) }),
        }, Json);
        return declaration with { Revision = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16)) };
    }

    /// <summary>What a loop does. A loop without a fallback reads as it did before there were any, so that its machine's revision stays.</summary>
    private static string Acts(ControlDeclaration control) =>
        JsonSerializer.Serialize(control.Law, control.Law.GetType(), Json) + (control.Fallback is null ? null : JsonSerializer.Serialize(control.Fallback, Json));

    private static PlantFileResult Fault(string file, string found, string expected) =>
        new(null, [new PlantFileError(file, 0, 0, string.Empty, found, expected)]);
}
