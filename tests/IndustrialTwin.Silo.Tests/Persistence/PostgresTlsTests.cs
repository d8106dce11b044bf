using System.Diagnostics;
using IndustrialTwin.Certificates;
using IndustrialTwin.Hosting;
using IndustrialTwin.Starting;
using IndustrialTwin.Testing;
using Npgsql;
using Xunit;

namespace IndustrialTwin.Persistence;

/// <summary>A database over TLS: the silo talks to the one that its authority vouches for, and to no other.</summary>
public sealed class PostgresTlsTests : IDisposable
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly CertificateAuthority _authority = CertificateAuthority.Create("plant authority", TimeProvider.System.GetUtcNow(), Year);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-postgres-tls-");

    [Fact]
    public async Task A_silo_verifies_its_database_and_refuses_an_impostor()
    {
        await using var server = await PostgresServer.StartOrSkipAsync();
        var database = await server.CreateDatabaseAsync();
        await EncryptAsync(database, _authority.Server(["localhost"], TimeProvider.System.GetUtcNow(), Year));
        var trusted = Root("ca.crt", _authority.CertificatePem);
        using var stranger = CertificateAuthority.Create("a stranger", TimeProvider.System.GetUtcNow(), Year);
        var strange = Root("strange.crt", stranger.CertificatePem);

        await using (var silo = await StorageSilo.StartAsync(Storage(database, "localhost", trusted)))
        {
            await using var connection = new NpgsqlConnection(Storage(database, "localhost", trusted).ConnectionString);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            Assert.Equal((true, "TLSv1.3"), await EncryptionAsync(connection));
        }

        Assert.Contains("PostgreSQL cannot be used", await FaultAsync(Storage(database, "localhost", strange)), StringComparison.Ordinal);
        Assert.Contains("PostgreSQL cannot be used", await FaultAsync(Storage(database, "127.0.0.1", trusted)), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private static StorageOptions Storage(string database, string host, string root) => new()
    {
        Engine = StorageEngine.Postgres,
        ConnectionString = new NpgsqlConnectionStringBuilder(database) { Host = host, SslMode = SslMode.VerifyFull, RootCertificate = root, Pooling = false }.ConnectionString,
    };

    private static async Task<string> FaultAsync(StorageOptions storage) =>
        StartFault.Sentence(await Assert.ThrowsAnyAsync<Exception>(() => StorageSilo.StartAsync(storage)))!;

    private string Root(string name, string pem)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, pem);
        return file;
    }

    /// <summary>Gives a running server a certificate, by its own hand, so that the files are its own.</summary>
    private static async Task EncryptAsync(string database, IssuedCertificate certificate)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using (var show = new NpgsqlCommand("SHOW data_directory", connection))
        {
            var data = (string)(await show.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
            await WriteAsync(connection, $"{data}/server.crt", certificate.CertificatePem);
            await WriteAsync(connection, $"{data}/server.key", certificate.KeyPem);
        }

        foreach (var statement in (string[])["ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()"])
        {
            await RunAsync(connection, statement);
        }

        for (var started = Stopwatch.StartNew(); ; await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            await using var probe = new NpgsqlConnection(database + ";SSL Mode=Require;Pooling=false");
            try
            {
                await probe.OpenAsync(TestContext.Current.CancellationToken);
                return;
            }
            catch (NpgsqlException) when (started.Elapsed < TimeSpan.FromSeconds(60))
            {
            }
        }
    }

    private static async Task WriteAsync(NpgsqlConnection connection, string file, string text)
    {
        await using var make = new NpgsqlCommand("SELECT lo_from_bytea(0, @text)", connection);
        make.Parameters.AddWithValue("text", System.Text.Encoding.ASCII.GetBytes(text));
        await using var write = new NpgsqlCommand("SELECT lo_export(@made, @file)", connection);
        write.Parameters.Add(new NpgsqlParameter("made", NpgsqlTypes.NpgsqlDbType.Oid) { Value = await make.ExecuteScalarAsync(TestContext.Current.CancellationToken) });
        write.Parameters.AddWithValue("file", file);
        await write.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await RunAsync(connection, $"COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; chmod 600 {file}'");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string statement)
    {
#pragma warning disable CA2100 // The test's own.
        await using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<(bool, string)> EncryptionAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()", connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
        return (reader.GetBoolean(0), reader.GetString(1));
    }
}
