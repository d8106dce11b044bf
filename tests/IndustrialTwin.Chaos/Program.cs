using System.CommandLine;
using IndustrialTwin.Chaos;

// A test runner calls with arguments of its own, which begin with '@@', '-' or a file's name; the suite's begin with '--'.
if (args.Length > 0 && !args[0].StartsWith("--", StringComparison.Ordinal))
{
    return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}

var seed = new Option<int?>("--seed") { Description = "Replays a run; a new one where left out." };
var names = new Option<string[]>("--fault")
{
    Description = $"What to try: all, or any of {string.Join(", ", Fault.All.Select(fault => fault.Name))}.", DefaultValueFactory = _ => ["all"],
};
var isLong = new Option<bool>("--long") { Description = "The long form: as often and as long as the table says." };
var previous = new Option<string?>("--previous") { Description = "IndustrialTwin.Silo.dll of the release before, for the rolling upgrade." };
var table = new Option<string?>("--table") { Description = "A file that each row is added to as soon as it is known; a fault that has a row there is not tried again." };
var root = new RootCommand("Breaks a real cluster in every way that a plant will, and prints what held.") { seed, names, isLong, previous, table };
root.SetAction(async parsed =>
{
    var chosen = parsed.GetValue(names)!;
    var unknown = chosen.Except([.. Fault.All.Select(fault => fault.Name), "all"]).ToList();
    if (unknown.Count > 0)
    {
        await Console.Error.WriteLineAsync($"No fault is called '{string.Join("', '", unknown)}'; expected all, or any of {string.Join(", ", Fault.All.Select(fault => fault.Name))}.");
        return 2;
    }

    var number = parsed.GetValue(seed) ?? Environment.TickCount & int.MaxValue;
    Console.WriteLine($"seed {number}");
    await using var run = new ChaosRun(number, parsed.GetValue(isLong), Console.Out, parsed.GetValue(previous));
    var verdicts = new List<Verdict>();
    var file = parsed.GetValue(table) is { } path ? new TableFile(path) : null;
    foreach (var fault in Fault.All.Where(fault => (chosen.Contains("all") || chosen.Contains(fault.Name)) && file?.Holds(fault) != true))
    {
        verdicts.Add(await run.TryAsync(fault));
        file?.Add(verdicts[^1]);
    }

    Console.WriteLine();
    ChaosTable.Write(Console.Out, verdicts);
    return verdicts.Exists(verdict => verdict.Failed) ? 1 : 0;
});
return await root.Parse(args).InvokeAsync();
