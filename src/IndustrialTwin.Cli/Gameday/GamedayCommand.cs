using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using IndustrialTwin.Bench;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Gameday;

/// <summary><c>itwin gameday</c>: attacks and breaks a throw-away installation, and says what held.</summary>
internal sealed class GamedayCommand : Command
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public GamedayCommand(Terminal terminal)
        : base("gameday", "Attacks and breaks a throw-away installation that it starts itself, and says what held. Needs no grid and touches none.")
    {
        var list = new Option<bool>("--list") { Description = "Tells which drills there are, and runs none." };
        var only = new Option<string[]>("--drill") { Description = "A drill to run, by its name; may be given several times. All where it is not given.", HelpName = "name" };
        var json = new Option<string?>("--json") { Description = "A file for the results, for programs.", HelpName = "file" };
        var silo = new Option<string?>("--silo") { Description = "The silo's program, IndustrialTwin.Silo.dll; this checkout's where it is not given.", HelpName = "dll" };
        Options.Add(list);
        Options.Add(only);
        Options.Add(json);
        Options.Add(silo);
        SetAction(async (parsed, cancellationToken) =>
        {
            var drills = Chosen(parsed.GetValue(only) ?? []);
            if (parsed.GetValue(list))
            {
                await TextTable.WriteAsync(terminal.Out, ["DRILL", "ATTEMPTED"], drills.Select(drill => (string[])[drill.Name, drill.Attempted]));
                return ExitCode.Done;
            }

            await using var file = Open(parsed.GetValue(json));
            await using var grounds = new Grounds(BenchSilo.Find(parsed.GetValue(silo)));
            return await RunAsync(terminal, drills, grounds, file, cancellationToken);
        });
    }

    /// <summary>Runs drills one after another, prints each as it ends, and answers whether all that ran held.</summary>
    internal static async Task<int> RunAsync(Terminal terminal, IReadOnlyList<Drill> drills, Grounds grounds, Stream? json, CancellationToken cancellationToken)
    {
        var (began, results) = (TimeProvider.System.GetUtcNow(), new List<DrillResult>());
        await GamedayTable.WriteHeaderAsync(terminal.Out);
        foreach (var drill in drills)
        {
            await terminal.Error.WriteLineAsync($"{drill.Name} …");
            var result = await Trial.RunAsync(drill, grounds, cancellationToken);
            results.Add(result);
            await GamedayTable.WriteAsync(terminal.Out, result);
        }

        var (held, failed, notRun) = (Count(Verdict.Held), Count(Verdict.Failed), Count(Verdict.NotRun));
        await terminal.Out.WriteLineAsync($"\n{results.Count} drills: {held} held, {failed} failed, {notRun} not run.");
        if (json is not null)
        {
            await JsonSerializer.SerializeAsync(json, new { Began = began, Held = held, Failed = failed, NotRun = notRun, Drills = results }, Json, cancellationToken);
        }

        return failed > 0 ? ExitCode.Refused : ExitCode.Done;

        int Count(Verdict verdict) => results.Count(result => result.Verdict == verdict);
    }

    private static IReadOnlyList<Drill> Chosen(string[] names)
    {
        var unknown = names.FirstOrDefault(name => DrillList.All.All(drill => drill.Name != name));
        return unknown is not null
            ? throw new CommandFault($"--drill is '{unknown}', which is none; expected one of {string.Join(", ", DrillList.All.Select(drill => drill.Name))}.", ExitCode.Usage)
            : names.Length == 0 ? DrillList.All : [.. DrillList.All.Where(drill => names.Contains(drill.Name))];
    }

    /// <summary>Opened first, so that a file that cannot be written is told before minutes of drills.</summary>
    private static FileStream? Open(string? file)
    {
        try
        {
            return file is null ? null : new FileStream(file, FileMode.Create);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandFault($"--json is '{file}', which cannot be written: {fault.Message}", ExitCode.Refused, fault);
        }
    }
}
