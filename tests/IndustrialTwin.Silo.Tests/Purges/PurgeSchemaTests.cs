using System.Reflection;
using IndustrialTwin.Hosting;
using Xunit;

namespace IndustrialTwin.Purges;

/// <summary>Whoever adds a table, or a state that twins store, says here or in the purge whether it holds anything of a machine.</summary>
public class PurgeSchemaTests
{
    /// <summary>Tables that hold nothing of a machine, and what they hold.</summary>
    private static readonly Dictionary<string, string> Others = new()
    {
        ["migration"] = "which scripts were applied",
        ["twin_migration"] = "which scripts were applied",
        ["security_migration"] = "which scripts were applied",
        ["orleansquery"] = "statements",
        ["orleansmembershiptable"] = "silos",
        ["orleansmembershipversiontable"] = "silos",
        ["audit"] = "what people did, which stays",
        ["audit_head"] = "the audit log's newest number",
        ["access_key"] = "who may come in",
        ["tenant"] = "sites and quotas",
        ["ended_pass"] = "ids of passes",
        ["session"] = "browsers of people",
        ["compute_usage"] = "seconds of a site",
        ["sqlite_sequence"] = "the highest position of a table",
    };

    /// <summary>Columns that would say whose a row is.</summary>
    private static readonly string[] Owners = ["machine", "feature", "asset", "twin", "topic", "grainid", "grainidextensionstring", "channel", "alarm"];

    public static TheoryData<StorageEngine> Engines => RetiredPlant.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Every_table_is_one_that_purging_knows_or_one_that_holds_nothing_of_a_machine(StorageEngine engine)
    {
        using var plant = await RetiredPlant.CreateAsync(engine);
        var schema = await plant.SchemaAsync();
        Assert.True(schema.Count > 12, string.Join(' ', schema.Select(table => table.Table)));
        Assert.DoesNotContain(schema.Select(table => table.Table), table => !MachineRows.Tables.Contains(table) && !Others.ContainsKey(table));
        Assert.DoesNotContain(MachineRows.Tables, Others.ContainsKey);
        Assert.DoesNotContain(schema, table => !MachineRows.Tables.Contains(table.Table) && table.Columns.Intersect(Owners).Any());
        Assert.Empty(MachineRows.Tables.Except(schema.Select(table => table.Table)).Except(engine == StorageEngine.Sqlite ? ["orleansreminderstable"] : []));
    }

    [Fact]
    public void Of_the_states_that_twins_store_the_machines_alone_holds_a_machine_s_values()
    {
        var states = typeof(TwinHosting).Assembly.GetTypes()
            .SelectMany(type => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<PersistentStateAttribute>()?.StateName).OfType<string>();
        Assert.Equal(["enterprise", "line", "machine", "site"], states.Order()); // Lines and sites store which machines are declared.
    }
}
