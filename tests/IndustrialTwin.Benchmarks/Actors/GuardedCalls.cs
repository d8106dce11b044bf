using System.Security.Cryptography;
using IndustrialTwin.Audit;
using IndustrialTwin.Bench;
using IndustrialTwin.Hosting;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Security;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace IndustrialTwin.Benchmarks.Actors;

/// <summary>What it costs a call in the process that somebody asks who makes it.</summary>
internal static class GuardedCalls
{
    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("itwin-guarded-");
        await using var database = SecurityDatabase.OpenSqlite(Path.Combine(folder.FullName, "security.db"));
        var key = RandomNumberGenerator.GetBytes(32);
        await using var open = await TwinHost.StartAsync();
        await using var shut = await TwinHost.StartAsync(silo =>
        {
            silo.Services.AddSingleton<IAuditLog>(new AuditLog(database, [key]));
            silo.Services.AddSingleton<IAccessStore>(new AccessStore(database, TimeProvider.System));
            silo.Services.AddSingleton<ISiloCount, One>();
            silo.Services.Configure<SecurityOptions>(security => security.CallsPerSecondMax = 10_000_000);
            silo.AddRequiredAccess([key]);
        });
        foreach (var host in (TwinHost[])[open, shut])
        {
            foreach (var site in (string[])["plain", "device"])
            {
                for (var i = 0; i < ActorBenchmarks.Machines; i++)
                {
                    await host.Grains.GetGrain<IMachineGrain>($"{site}/line/m{i}").Apply(ActorBenchmarks.Declaration($"{site}/line/m{i}", analysed: false));
                }
            }
        }

        var pass = shut.Services.GetRequiredService<IAccess>().Issue(new Caller("device", "device", Role.Device, ["device"]), TimeSpan.FromHours(1)).Text;
        var medians = await Measure.MediansAsync(
            5,
            ActorBenchmarks.Contender("plain", machine => open.Grains.GetGrain<IMachineGrain>(machine), (twin, batch) => twin.Observe(batch)),
            ActorBenchmarks.Contender("plain", machine => shut.Grains.GetGrain<IMachineGrain>(machine), (twin, batch) => twin.Observe(batch)),
            ActorBenchmarks.Contender("device", machine => shut.Grains.GetGrain<IMachineGrain>(machine), (twin, batch) =>
            {
                Pass.Acting = pass;
                return twin.Observe(batch);
            }));
        folder.Delete(recursive: true);
        return
        [
            new Row("Observe by the silo itself, where one has to sign in", medians[1], "calls / CPU-s", "the same call where nobody has to", medians[0]),
            new Row("Observe for a device, its pass verified", medians[2], "calls / CPU-s", "the same call where nobody has to", medians[0]),
        ];
    }

    private sealed class One : ISiloCount
    {
        public int Count => 1;
    }
}
