using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Bench;

/// <summary>What one command measured: printed table by table as it comes, and kept for the file that programs read.</summary>
internal sealed class BenchReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Terminal _terminal;
    private readonly BenchMachine _machine;
    private readonly FileStream? _json;
    private readonly List<Part> _parts = [];

    private BenchReport(Terminal terminal, BenchMachine machine, FileStream? json) => (_terminal, _machine, _json) = (terminal, machine, json);

    /// <summary>The machine.</summary>
    public BenchMachine Machine => _machine;

    /// <summary>Prints the machine; opens the file, so that one that cannot be written is told before an hour of measuring.</summary>
    /// <exception cref="CommandFault">The file cannot be written.</exception>
    public static async Task<BenchReport> BeginAsync(Terminal terminal, string? jsonFile)
    {
        FileStream? json = null;
        try
        {
            json = jsonFile is null ? null : new FileStream(jsonFile, FileMode.Create);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandFault($"--json is '{jsonFile}', which cannot be written: {fault.Message}", ExitCode.Refused, fault);
        }

        var machine = await BenchMachine.ReadAsync();
        await terminal.Out.WriteLineAsync(machine.ToString());
        return new BenchReport(terminal, machine, json);
    }

    /// <summary>Says what is being measured.</summary>
    public Task ProgressAsync(string what) => _terminal.Error.WriteLineAsync($"{what} …");

    /// <summary>Prints a line of detail; it is not kept.</summary>
    public Task DetailAsync(string line) => _terminal.Out.WriteLineAsync(line);

    /// <summary>Prints findings as a table, and keeps them.</summary>
    /// <param name="title">What they are about.</param>
    /// <param name="findings">The findings.</param>
    /// <param name="note">What a reader should know of them, or null.</param>
    public async Task AddAsync(string title, IReadOnlyList<Finding> findings, string? note = null)
    {
        _parts.Add(new Part(title, note, [.. findings]));
        await _terminal.Out.WriteLineAsync($"\n{title}");
        await TextTable.WriteAsync(_terminal.Out, Finding.Header, findings.Select(finding => finding.ToRow()));
        if (note is not null)
        {
            await _terminal.Out.WriteLineAsync(note);
        }
    }

    /// <summary>Says how many aims were reached, and writes the file.</summary>
    public async Task EndAsync()
    {
        var aims = _parts.SelectMany(part => part.Findings).Where(finding => finding.Aim is not null).ToArray();
        await _terminal.Out.WriteLineAsync($"\n{aims.Count(finding => finding.IsReached == true)} of {aims.Length} aims reached.");
        if (_json is not null)
        {
            await using (_json)
            {
                await JsonSerializer.SerializeAsync(_json, new { Machine = _machine, Parts = _parts }, Json);
            }
        }
    }

    private sealed record Part(string Title, string? Note, Finding[] Findings);
}
