using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace IndustrialTwin.Chaos;

/// <summary>
/// The suite's short form: one cluster, the faults that matter most, one after the other. A failure names its seed, and
/// <c>dotnet run --project tests/IndustrialTwin.Chaos -- --seed N --fault name</c> replays it.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly string[] Always = ["kill", "db-down", "duplicate", "races"], OneOf = ["minority", "one-way", "no-database", "no-broker", "zombie"];

    private static readonly string[] OneDisk = [.. DatabaseDiskFault.Kinds.Select(fault => fault.Name)];

    [Fact]
    public async Task What_must_hold_holds_through_the_faults_of_the_short_form()
    {
        if (await ChaosCluster.WhyNotAsync() is { } reason)
        {
            Assert.Skip(reason);
        }

        var seed = Environment.TickCount & int.MaxValue;
        var progress = new StringWriter();
        await using var run = new ChaosRun(seed, isLong: false, progress);
        var verdicts = new List<Verdict>();
        foreach (var name in Always.Append(OneOf[seed % OneOf.Length]).Append(OneDisk[seed / OneOf.Length % OneDisk.Length]))
        {
            verdicts.Add(await run.TryAsync(Fault.All.Single(fault => fault.Name == name)));
        }

        ChaosTable.Write(progress, verdicts);
        output.WriteLine(progress.ToString());
        Assert.All(verdicts, verdict => Assert.False(verdict.Failed, $"{verdict.Fault}, seed {seed}: {string.Join("; ", verdict.Findings.Where(finding => !finding.Holds).Select(finding => finding.Measured))}"));
    }

    [Fact]
    public void A_table_tells_what_held_what_did_not_and_what_could_not_be_had()
    {
        var text = new StringWriter();
        ChaosTable.Write(text,
        [
            new("one", "all", [new("a", true), new("b", false)], 7, null, TimeSpan.FromSeconds(3)),
            new("two", "all", [], 7, "no namespaces", TimeSpan.Zero),
            new("three", "all", [new("c", true)], 7, null, TimeSpan.FromSeconds(1)),
        ]);
        var rows = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..];
        Assert.Equal(
            ["| one | all | a; **b** | FAILED in 3 s | 7 |", "| two | all | no namespaces | skipped in 0 s | 7 |", "| three | all | c | holds in 1 s | 7 |"],
            rows.Select(row => row.TrimEnd()));
    }

    [Fact]
    public void A_fault_s_chances_are_the_same_whether_it_is_tried_alone_or_among_others()
    {
        var (one, other) = (new ChaosRun(42, false, TextWriter.Null), new ChaosRun(42, false, TextWriter.Null));
        Assert.Equal(new Trial(one, "kill").Random.Next(), new Trial(other, "kill").Random.Next());
        Assert.NotEqual(one.SeedOf("kill"), one.SeedOf("zombie"));
    }
}
