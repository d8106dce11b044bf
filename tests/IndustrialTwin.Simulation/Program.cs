using System.Diagnostics;
using System.Globalization;
using IndustrialTwin.Protocols;

// Runs many seeds and prints the failing ones, or one seed with its trace.
const int ShownMax = 20;
if (!TryRead(args, out var count, out var from, out var one, out var mutation, out var fault))
{
    Console.Error.WriteLine(fault);
    Console.Error.WriteLine("""
        simulation [--seeds N] [--from SEED] [--mutation NAME]   runs N seeds (10,000) of twins and log, and as many of the grid
        simulation --seed SEED [--mutation NAME]                 runs one seed of twins and log and prints what happened
        """);
    return 2;
}

if (one is { } seed)
{
    var verdict = TwinRun.Run(seed, mutation, linesKept: 1_000_000);
    Array.ForEach(verdict.Lines, Console.WriteLine);
    Print(verdict);
    return verdict.IsGood ? 0 : 1;
}

var twins = Night("twins and log", number => TwinRun.Run(number, mutation));
var grid = mutation == Mutation.None ? Night("grid", GridRun.Run) : 0;
return twins + grid == 0 ? 0 : 1;

int Night(string what, Func<int, Verdict> run)
{
    var clock = Stopwatch.StartNew();
    var bad = new List<Verdict>();
    var (events, timeUs) = (0L, 0L);
    Parallel.For(from, from + count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, number =>
    {
        var verdict = run(number);
        lock (bad)
        {
            (events, timeUs) = (events + verdict.Events, timeUs + verdict.TimeUs);
            if (!verdict.IsGood)
            {
                bad.Add(verdict);
                if (bad.Count <= ShownMax)
                {
                    Print(verdict);
                }
            }
        }
    });
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {count:#,0} seeds from {from}, {events:#,0} events, {timeUs / 3.6e9:#,0.0} virtual hours in {clock.Elapsed.TotalSeconds:0} s; {bad.Count} failed"));
    return bad.Count;
}

static void Print(Verdict verdict)
{
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"seed {verdict.Seed}: {(verdict.IsGood ? "good" : "FAILED")}, {verdict.Events} events, {verdict.TimeUs / 1e6:0.0} virtual s, trace {verdict.Hash:x16}"));
    foreach (var violation in verdict.Violations.Take(5))
    {
        Console.WriteLine($"    {violation}");
    }
}

static bool TryRead(string[] args, out int count, out int from, out int? one, out Mutation mutation, out string? fault)
{
    (count, from, one, mutation, fault) = (10_000, 1, null, Mutation.None, null);
    for (var i = 0; i < args.Length; i += 2)
    {
        var value = i + 1 < args.Length ? args[i + 1] : string.Empty;
        var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        switch (args[i])
        {
            case "--seeds" when isNumber && number > 0:
                count = number;
                break;
            case "--from" when isNumber:
                from = number;
                break;
            case "--seed" when isNumber:
                one = number;
                break;
            case "--mutation" when Enum.TryParse(value, ignoreCase: true, out mutation):
                break;
            default:
                fault = $"'{args[i]} {value}' is not understood; mutations are {string.Join(", ", Enum.GetNames<Mutation>())}.";
                return false;
        }
    }

    return true;
}
