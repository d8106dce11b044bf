using IndustrialTwin.Hosting;
using IndustrialTwin.Starting;
using Npgsql;
using Xunit;

namespace IndustrialTwin.Purges;

/// <summary>What is not to be purged is refused in one sentence that says what to do, and nothing is changed.</summary>
public class PurgeRefusalTests
{
    public static TheoryData<StorageEngine> Engines => RetiredPlant.Engines;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Engines))]
    public async Task What_is_no_retired_machine_is_refused_and_nothing_is_changed(StorageEngine engine)
    {
        using var plant = await RetiredPlant.CreateAsync(engine);
        var before = await plant.RowsAsync();
        foreach (var (machine, sentence) in ((string, string)[])
        [
            (RetiredPlant.Kept.Value, "is declared, and only what was retired can be purged. Take it out of its plant file"),
            ("wuhan/line-3/press-7", "The store knows nothing of wuhan/line-3/press-7"),
            ("wuhan/line-3", "is no machine key: it has 2 segments"),
            ("wuhan/line-3/press-0%", "is no machine key"),
        ])
        {
            foreach (var isConfirmed in (bool[])[false, true])
            {
                var fault = await Assert.ThrowsAnyAsync<Exception>(() => plant.PurgeAsync(machine, isConfirmed));
                Assert.Contains(sentence, StartFault.Sentence(fault), StringComparison.Ordinal);
            }
        }

        Assert.Contains("names no machine", (await Assert.ThrowsAsync<StartException>(() => PurgeCommand.RunAsync(null, true, Configured(plant), TextWriter.Null, cancellationToken: Cancelled))).Message, StringComparison.Ordinal);
        Assert.Contains("--operator", (await Assert.ThrowsAsync<StartException>(() => plant.PurgeAsync(settings: ("operator", "a\nb")))).Message, StringComparison.Ordinal);
        Assert.Equal(before, await plant.RowsAsync());
    }

    [Fact]
    public async Task What_the_next_start_would_declare_is_refused()
    {
        using var plant = await RetiredPlant.CreateAsync(StorageEngine.Sqlite);
        var file = Path.Combine(Path.GetDirectoryName(plant.Storage.Path)!, "plant.yaml");
        await File.WriteAllTextAsync(file, """
            site: wuhan
            title: Wuhan
            machineTypes:
              press:
                latenessMax: 1s
                clockSkewMax: none
                channels:
                  - {name: force, unit: kN, min: 0, max: 1, rateHz: 1}
            lines:
              - line: line-3
                title: Line 3
                machines:
                  - {machine: press-07, type: press, title: Press 7}
            """, Cancelled);
        Assert.Contains("which declares wuhan/line-3/press-07", (await Assert.ThrowsAsync<StartException>(() => plant.PurgeAsync(settings: ("Plant:File", file)))).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "site: [", Cancelled);
        Assert.Contains("cannot be read as a plant file", (await Assert.ThrowsAsync<StartException>(() => plant.PurgeAsync(settings: ("Plant:File", file)))).Message, StringComparison.Ordinal);
        var demonstration = Plants.PlantFile.Parse("demonstration", Demonstration.DemonstrationPlant.PlantFile).Declaration!.Lines[0].Machines[0].Machine.Value;
        Assert.Contains("Demonstration:Enabled", (await Assert.ThrowsAsync<StartException>(() => plant.PurgeAsync(demonstration, settings: ("Demonstration:Enabled", "true")))).Message, StringComparison.Ordinal);
        Assert.Empty(await plant.AuditAsync());
    }

    [Fact]
    public async Task Files_that_a_silo_has_open_are_refused_and_taken_when_it_has_ended()
    {
        using var plant = await RetiredPlant.CreateAsync(StorageEngine.Sqlite);
        await using (var log = (IAsyncDisposable)await plant.OpenLogAsync())
        {
            Assert.Contains("which a silo or another program has open", (await Assert.ThrowsAsync<StartException>(() => plant.PurgeAsync())).Message, StringComparison.Ordinal);
            Assert.Contains("Nothing was removed", await plant.PurgeAsync(isConfirmed: false), StringComparison.Ordinal); // To look, it need not end.
        }

        // And while it is under way no silo comes between.
        var refusals = 0;
        await plant.PurgeAsync(heard: removed =>
        {
            if (removed.Events == 1 && refusals == 0)
            {
                refusals++;
                Assert.ThrowsAny<Exception>(() => plant.ExecuteAsync("UPDATE machine SET fence = 99").GetAwaiter().GetResult());
            }
        });
        Assert.Equal(1, refusals);
        Assert.DoesNotContain(await plant.RowsAsync(), row => row.Contains("fence=99", StringComparison.Ordinal));
        Assert.Contains("is not there", (await Assert.ThrowsAsync<StartException>(() => plant.PurgeAsync(settings: ("Storage:Path", plant.Storage.Path + ".none")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_purges_on_postgresql_one_is_refused()
    {
        using var plant = await RetiredPlant.CreateAsync(StorageEngine.Postgres);
        var refusals = 0;
        await plant.PurgeAsync(heard: _ =>
        {
            if (refusals++ == 0)
            {
                Assert.Contains("Another purge", Assert.Throws<StartException>(() => plant.PurgeAsync().GetAwaiter().GetResult()).Message, StringComparison.Ordinal);
            }
        });
        Assert.True(refusals > 1);
    }

    [Fact]
    public async Task A_schema_that_is_newer_than_the_program_may_hold_more_and_is_refused()
    {
        using var plant = await RetiredPlant.CreateAsync(StorageEngine.Postgres);
        await plant.ExecuteAsync("INSERT INTO migration (number, needs) VALUES (99, 1)");
        Assert.Contains("Purge with the newer program", (await Assert.ThrowsAsync<StartException>(() => plant.PurgeAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_does_not_own_the_tables_removes_the_rows_and_is_told_who_is_to_vacuum()
    {
        using var plant = await RetiredPlant.CreateAsync(StorageEngine.Postgres);
        await plant.ExecuteAsync("""
            DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'purger') THEN CREATE ROLE purger LOGIN; END IF; END $$;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO purger;
            """);
        var user = new NpgsqlConnectionStringBuilder(plant.Storage.ConnectionString) { Username = "purger" }.ToString();
        Assert.Contains("Have the tables' owner run VACUUM", await plant.PurgeAsync(settings: ("Storage:ConnectionString", user)), StringComparison.Ordinal);
        Assert.DoesNotContain(await plant.RowsAsync(), row => row.Contains(RetiredPlant.Mark, StringComparison.Ordinal));
    }

    private static Microsoft.Extensions.Configuration.ConfigurationManager Configured(RetiredPlant plant) => new()
    {
        ["Storage:Engine"] = $"{plant.Storage.Engine}", ["Storage:Path"] = plant.Storage.Path, ["Storage:ConnectionString"] = plant.Storage.ConnectionString,
    };
}
