using System.Data.Common;
using System.Net;
using IndustrialTwin.Hosting;
using IndustrialTwin.Samples;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Storage;
using Xunit;

namespace IndustrialTwin.Persistence;

/// <summary>The SQL that keeps twins and silos, through the actor runtime's own providers, on each engine.</summary>
public class TwinStorageTests
{
    private const string State = "machine";

    public static TheoryData<StorageEngine> Engines => [StorageEngine.Sqlite, StorageEngine.Postgres];

    [Theory, MemberData(nameof(Engines))]
    public async Task State_is_read_as_it_was_written_after_a_restart_too(StorageEngine engine)
    {
        using var database = await StorageDatabase.CreateAsync(engine);
        var (one, other) = (Grain("wuhan/line-3/press-07"), Grain("wuhan/line-3/press-08"));
        await using (var silo = await StorageSilo.StartAsync(database.Options))
        {
            var nothing = new GrainState<SampleQuery>();
            await silo.Storage.ReadStateAsync(State, one, nothing);
            Assert.False(nothing.RecordExists);
            await WriteAsync(silo.Storage, one, "first");
            await WriteAsync(silo.Storage, other, new string('x', 200_000));
        }

        await using var again = await StorageSilo.StartAsync(database.Options);
        var state = await ReadAsync(again.Storage, one);
        Assert.Equal(("first", "1", true), (state.State!.Name, state.ETag, state.RecordExists));
        Assert.Equal(200_000, (await ReadAsync(again.Storage, other)).State!.Name.Length);
        state.State = Of("second");
        await again.Storage.WriteStateAsync(State, one, state);
        Assert.Equal(("second", "2"), ((await ReadAsync(again.Storage, one)).State!.Name, state.ETag));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Of_two_writers_who_read_the_same_one_is_refused(StorageEngine engine)
    {
        using var database = await StorageDatabase.CreateAsync(engine);
        await using var silo = await StorageSilo.StartAsync(database.Options);
        var grain = Grain("a/b/c");
        await WriteAsync(silo.Storage, grain, "first");
        var (winner, loser) = (await ReadAsync(silo.Storage, grain), await ReadAsync(silo.Storage, grain));
        winner.State = Of("winner");
        await silo.Storage.WriteStateAsync(State, grain, winner);
        loser.State = Of("loser");
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.WriteStateAsync(State, grain, loser));
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.ClearStateAsync(State, grain, loser));
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(silo.Storage, grain, "as if it were the first"));
        var invented = new GrainState<SampleQuery>(Of("invented")) { ETag = "7" };
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.WriteStateAsync(State, Grain("never/written/yet"), invented));
        Assert.Equal("winner", (await ReadAsync(silo.Storage, grain)).State!.Name);
        Assert.False((await ReadAsync(silo.Storage, Grain("never/written/yet"))).RecordExists);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Of_sixteen_first_writers_exactly_one_wins(StorageEngine engine)
    {
        using var database = await StorageDatabase.CreateAsync(engine);
        await using var one = await StorageSilo.StartAsync(database.Options);
        await using var other = await StorageSilo.StartAsync(database.Options, engine == StorageEngine.Sqlite ? "other" : "test");
        for (var round = 0; round < 5; round++)
        {
            var grain = Grain($"race/line/m{round}");
            using var start = new ManualResetEventSlim();
            var writers = Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
            {
                start.Wait();
                try
                {
                    await WriteAsync((writer % 2 == 0 ? one : other).Storage, grain, $"writer {writer}");
                    return writer;
                }
                catch (InconsistentStateException)
                {
                    return -1;
                }
            })).ToArray();
            start.Set();
            var winner = Assert.Single(await Task.WhenAll(writers), writer => writer >= 0);
            var state = await ReadAsync(one.Storage, grain);
            Assert.Equal(($"writer {winner}", "1"), (state.State!.Name, state.ETag));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_cleared_state_is_gone_and_can_be_written_again(StorageEngine engine)
    {
        using var database = await StorageDatabase.CreateAsync(engine);
        await using var silo = await StorageSilo.StartAsync(database.Options);
        var grain = Grain("a/b/c");
        var state = await WriteAsync(silo.Storage, grain, "first");
        await silo.Storage.ClearStateAsync(State, grain, state);
        Assert.False(state.RecordExists);
        var cleared = await ReadAsync(silo.Storage, grain);
        Assert.True(string.IsNullOrEmpty(cleared.State?.Name));
        cleared.State = Of("again");
        await silo.Storage.WriteStateAsync(State, grain, cleared);
        Assert.Equal("again", (await ReadAsync(silo.Storage, grain)).State!.Name);
        state.State = Of("by one who did not see the clearing and the writing");
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.WriteStateAsync(State, grain, state));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Many_grains_at_once_do_not_get_in_each_other_s_way(StorageEngine engine)
    {
        using var database = await StorageDatabase.CreateAsync(engine);
        await using var silo = await StorageSilo.StartAsync(database.Options);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async number =>
        {
            var state = await WriteAsync(silo.Storage, Grain($"a/b/m{number}"), "0");
            for (var i = 1; i < 4; i++)
            {
                state.State = Of($"{number}.{i}");
                await silo.Storage.WriteStateAsync(State, Grain($"a/b/m{number}"), state);
            }
        }));
        Assert.Equal(("63.3", "4"), (await ReadAsync(silo.Storage, Grain("a/b/m63")) is var last ? (last.State!.Name, last.ETag) : default));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Silos_that_start_at_once_make_one_schema(StorageEngine engine)
    {
        using var database = await StorageDatabase.CreateAsync(engine);
        Directory.CreateDirectory(Path.GetDirectoryName(database.Options.Path)!);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            using DbConnection connection = engine == StorageEngine.Sqlite
                ? new SqliteConnection($"Data Source={PersistenceHosting.TwinsFile(database.Options.Path)}")
                : new NpgsqlConnection(database.Options.ConnectionString);
            connection.Open();
            TwinSchema.Apply(connection);
        })));
        await using var silo = await StorageSilo.StartAsync(database.Options);
        await WriteAsync(silo.Storage, Grain("a/b/c"), "there");
    }

    [Fact]
    public async Task A_silo_on_a_file_is_a_cluster_of_its_own()
    {
        using var database = await StorageDatabase.CreateAsync(StorageEngine.Sqlite);
        await using var silo = await StorageSilo.StartAsync(database.Options);
        Assert.Single(await silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true));
    }

    [Fact]
    public async Task Silos_on_one_server_meet_there_and_a_silo_that_left_is_known_to_have_left()
    {
        using var database = await StorageDatabase.CreateAsync(StorageEngine.Postgres);
        await using var one = await StorageSilo.StartAsync(database.Options);
        var other = await StorageSilo.StartAsync(database.Options);
        var management = one.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        Assert.Equal(2, (await management.GetHosts(onlyActive: true)).Count);
        await other.DisposeAsync();
        var hosts = await management.GetHosts(onlyActive: false);
        Assert.Equal([SiloStatus.Active, SiloStatus.Dead], hosts.Values.Order());
        await using var stranger = await StorageSilo.StartAsync(database.Options, "another-cluster");
        Assert.Single(await stranger.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetHosts(onlyActive: false));
    }

    [Fact]
    public async Task A_change_of_membership_under_an_old_version_changes_nothing()
    {
        using var database = await StorageDatabase.CreateAsync(StorageEngine.Postgres);
        await using var silo = await StorageSilo.StartAsync(database.Options);
        var table = silo.Services.GetRequiredService<IMembershipTable>();
        var before = (await table.ReadAllAsync()).Version;
        var entries = Enumerable.Range(1, 16).Select(Entry).ToArray();

        // Sixteen join under the same version of the table: one may.
        var joined = await Task.WhenAll(entries.Select(entry => table.InsertRowAsync(entry, before.Next())));
        Assert.Single(joined, done => done);
        var winner = entries[Array.IndexOf(joined, true)];
        var (known, tag) = Assert.Single((await table.ReadRowAsync(winner.SiloAddress)).Members);
        Assert.Equal((winner.SiloAddress, SiloStatus.Joining, winner.HostName), (known.SiloAddress, known.Status, known.HostName));
        Assert.False(await table.InsertRowAsync(winner, (await table.ReadAllAsync()).Version.Next())); // It is there already.

        winner.Status = SiloStatus.Active;
        winner.AddOrUpdateSuspector(entries[0].SiloAddress, DateTime.UtcNow, 3);
        Assert.False(await table.UpdateRowAsync(winner, tag, before.Next()));
        Assert.True(await table.UpdateRowAsync(winner, tag, (await table.ReadAllAsync()).Version.Next()));
        winner.IAmAliveTime = DateTime.UtcNow.AddMinutes(1);
        await table.UpdateIAmAliveAsync(winner);
        var after = (await table.ReadRowAsync(winner.SiloAddress)).Members[0].Item1;
        Assert.Equal(SiloStatus.Active, after.Status);
        Assert.Single(after.SuspectTimes!);
        Assert.InRange((after.IAmAliveTime - winner.IAmAliveTime).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await table.ReadAllAsync()).Members.Count);
    }

    // Any of the product's records; which one is all the same to the storage.
    private static SampleQuery Of(string name) => new(name);

    private static GrainId Grain(string key) => GrainId.Create("itwin.machine", key);

    private static async Task<GrainState<SampleQuery>> ReadAsync(IGrainStorage storage, GrainId grain)
    {
        var state = new GrainState<SampleQuery>();
        await storage.ReadStateAsync(State, grain, state);
        return state;
    }

    private static async Task<GrainState<SampleQuery>> WriteAsync(IGrainStorage storage, GrainId grain, string value)
    {
        var state = new GrainState<SampleQuery>(Of(value));
        await storage.WriteStateAsync(State, grain, state);
        return state;
    }

    private static MembershipEntry Entry(int number) => new()
    {
        SiloAddress = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 20_000 + number), number),
        HostName = $"host-{number}",
        SiloName = $"silo-{number}",
        Status = SiloStatus.Joining,
        ProxyPort = 30_000 + number,
        StartTime = DateTime.UtcNow,
        IAmAliveTime = DateTime.UtcNow,
    };
}
