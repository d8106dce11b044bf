using System.Globalization;
using Npgsql;

namespace IndustrialTwin.Chaos;

/// <summary>
/// Sixteen clients write the first state of the same grains at the same moment, by the statement that silos read from their database.
/// The actor runtime's own script lets two of them win.
/// </summary>
internal sealed class RaceFault : Fault
{
    private const int Clients = 16, KeysShort = 1_250, KeysLong = 62_500, Step = 64;

    public override string Name => "races";

    public override string Title => "first writers of grain state racing";

    public override string MustHold => "of all first writers of a grain exactly one wins";

    public override async Task TryAsync(Trial trial)
    {
        var cluster = await trial.Run.ClusterAsync();
        var keys = trial.IsLong ? KeysLong : KeysShort;
        var statement = await StatementAsync(cluster);
        var wins = new int[keys];
        var winners = new int[keys];
        using var barrier = new Barrier(Clients);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Factory.StartNew(
            () => Write(cluster.ConnectionString, statement, trial.Site, client, wins, winners, barrier),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var (wrong, stored) = (0, 0);
        await using var connection = await cluster.OpenAsync();
        await using var select = new NpgsqlCommand(
            "SELECT GrainIdExtensionString, Version, PayloadBinary FROM OrleansStorage WHERE ServiceId = $1", connection);
        select.Parameters.Add(new() { Value = trial.Site });
        await using var reader = await select.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var key = int.Parse(reader.GetString(0), CultureInfo.InvariantCulture);
            stored++;
            wrong += reader.GetInt32(1) == 1 && ((byte[])reader[2])[0] == winners[key] ? 0 : 1;
        }

        trial.Must(
            wins.All(count => count == 1) && stored == keys && wrong == 0,
            $"{keys * Clients:n0} racing writes of {keys:n0} grains: {wins.Count(count => count == 1):n0} with one winner, {wins.Count(count => count > 1)} with several, "
            + $"{wins.Count(count => count == 0)} with none; {stored:n0} rows, {wrong} of them not the winner's");
    }

    private static async Task<string> StatementAsync(ChaosCluster cluster)
    {
        await using var connection = await cluster.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT QueryText FROM OrleansQuery WHERE QueryKey = 'WriteToStorageKey'", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static void Write(string connectionString, string statement, string service, int client, int[] wins, int[] winners, Barrier barrier)
    {
        // The race is for who comes first, not for the disk: a million commits need not wait for it.
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Options = "-c synchronous_commit=off" }.ToString());
        connection.Open();
#pragma warning disable CA2100 // The product's own statement, out of its database.
        using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        command.Parameters.AddWithValue("GrainIdHash", 1);
        command.Parameters.AddWithValue("GrainIdN0", 0L);
        command.Parameters.AddWithValue("GrainIdN1", 0L);
        command.Parameters.AddWithValue("GrainTypeHash", 2);
        command.Parameters.AddWithValue("GrainTypeString", "race");
        var name = command.Parameters.Add(new("GrainIdExtensionString", NpgsqlTypes.NpgsqlDbType.Varchar));
        command.Parameters.AddWithValue("ServiceId", service);
        command.Parameters.AddWithValue("PayloadBinary", new[] { (byte)client });
        command.Parameters.Add(new("GrainStateVersion", NpgsqlTypes.NpgsqlDbType.Integer) { Value = DBNull.Value });
        command.Prepare();
        for (var key = 0; key < wins.Length; key++)
        {
            if (key % Step == 0)
            {
                barrier.SignalAndWait(); // Keeps all of them at the same few grains.
            }

            name.Value = key.ToString(CultureInfo.InvariantCulture);
            if (command.ExecuteScalar() is int and 1)
            {
                Interlocked.Increment(ref wins[key]);
                winners[key] = client;
            }
        }
    }
}
