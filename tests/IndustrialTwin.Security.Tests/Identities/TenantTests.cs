using IndustrialTwin.Accelerators;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using IndustrialTwin.Tenants;
using IndustrialTwin.Work;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace IndustrialTwin.Identities;

/// <summary>What one tenant may know of another, and how much each may use.</summary>
public class TenantTests(SecuredCluster cluster)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string AlphaAdmin => cluster.Pass(Role.Administrator, "alpha-1", "alpha", "alpha-admin");

    [Fact]
    public async Task A_tenant_sees_its_own_sites_alone_in_every_list()
    {
        var enterprise = await As(AlphaAdmin, () => cluster.Client.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).GetSnapshot());
        Assert.Equal(["alpha-1"], enterprise.Sites.Select(site => site.Value));
        Assert.DoesNotContain(enterprise.Queues, queue => queue.Site.Value != "alpha-1");
        Assert.Equal(["alpha"], (await As(AlphaAdmin, () => Tenants.List())).Select(tenant => tenant.Name));
        await As(cluster.Pass(Role.Administrator, "*"), () => Keys.Create(new AccessKeyRequest("theirs", Role.Viewer, "*", "beta")));
        Assert.DoesNotContain(await As(AlphaAdmin, () => Keys.List()), key => key.Tenant != "alpha");
        await As(cluster.Pass(Role.Engineer, "beta-1", "beta"), () => cluster.Client.GetGrain<ISiteGrain>("beta-1").Apply(SecuredCluster.Site(SecuredCluster.Beta)));
        Assert.DoesNotContain(await As(AlphaAdmin, () => cluster.Client.GetGrain<Audit.IAuditGrain>(Audit.IAuditGrain.Key).Read(1, 1_000)), record => record.Event.Tenant != "alpha");
    }

    [Fact]
    public async Task What_is_another_s_and_what_is_not_at_all_are_refused_in_the_same_words()
    {
        foreach (var (theirs, nobodys) in ((string, string)[])[("beta-1", "beta-9"), ("beta-1/line-1", "beta-1/line-9"), ("beta-1/line-1/press-1", "beta-1/line-1/press-9")])
        {
            var words = new List<string>();
            foreach (var key in (string[])[theirs, nobodys])
            {
                var fault = await Assert.ThrowsAsync<AccessDeniedException>(() => As<object>(AlphaAdmin, async () => key.Split('/').Length switch
                {
                    1 => await cluster.Client.GetGrain<ISiteGrain>(key).GetSnapshot(),
                    2 => await cluster.Client.GetGrain<ILineGrain>(key).GetSnapshot(),
                    _ => await cluster.Client.GetGrain<IMachineGrain>(key).GetSnapshot(),
                }));
                words.Add(fault.Message.Replace(key, "KEY", StringComparison.Ordinal));
            }

            Assert.Equal(words[0], words[1]);
        }

        var other = await Assert.ThrowsAsync<ArgumentException>(() => As(AlphaAdmin, () => Tenants.Meter("beta", 0, 1)));
        var none = await Assert.ThrowsAsync<ArgumentException>(() => As(AlphaAdmin, () => Tenants.Meter("none", 0, 1)));
        Assert.Equal(other.Message.Replace("beta", "X", StringComparison.Ordinal), none.Message.Replace("none", "X", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_s_operator_sees_of_the_site_that_line_alone()
    {
        var site = await As(cluster.Pass(Role.Operator, "alpha-1/line-9"), () => cluster.Client.GetGrain<ISiteGrain>("alpha-1").GetSnapshot());
        Assert.Empty(site.Lines);
        Assert.Equal(MachineHealth.Unknown, site.Health);
        Assert.Single((await As(cluster.Pass(Role.Operator, "alpha-1/line-1"), () => cluster.Client.GetGrain<ISiteGrain>("alpha-1").GetSnapshot())).Lines);
    }

    [Fact]
    public async Task Nobody_gives_more_than_he_has()
    {
        AccessKeyRequest[] more =
        [
            new("x", Role.Viewer, "beta-1"), new("x", Role.Viewer, "beta-1", "alpha"), new("x", Role.Viewer, "*"), new("x", Role.Viewer, "beta-1", "beta"), new("x", Role.Viewer, "alpha-1"),
            new("x", Role.None, "alpha-1", "alpha"), new(string.Empty, Role.Viewer, "alpha-1", "alpha"), new("x", Role.Viewer, "a//b", "alpha"), new("x", Role.Viewer, "alpha-1", "alpha", 1),
            new("x", (Role)99, "alpha-1", "alpha"), new("x", Role.Viewer, "alpha-1/line-1/press-1", "alpha"),
        ];
        foreach (var request in more)
        {
            var fault = await Assert.ThrowsAnyAsync<Exception>(() => As(AlphaAdmin, () => Keys.Create(request)));
            Assert.True(fault is AccessDeniedException or ArgumentException, $"{request}: {fault}");
        }

        Assert.Equal("alpha", (await As(AlphaAdmin, () => Keys.Create(new AccessKeyRequest("phone", Role.Viewer, "alpha-1/line-1", "alpha")))).Key.Tenant);
    }

    [Fact]
    public async Task A_secret_is_kept_as_a_salted_hash_alone()
    {
        var created = await As(AlphaAdmin, () => Keys.Create(new AccessKeyRequest("phone", Role.Viewer, "alpha-1", "alpha")));
        var again = await As(AlphaAdmin, () => Keys.Create(new AccessKeyRequest("phone", Role.Viewer, "alpha-1", "alpha")));
        Assert.NotEqual(created.Secret, again.Secret);
        var secret = System.Buffers.Text.Base64Url.DecodeFromChars(created.Secret.AsSpan()[^43..]);
        await using var connection = new SqliteConnection($"Data Source={cluster.AuditFile}");
        await connection.OpenAsync(Cancelled);
        await using (var checkpoint = connection.CreateCommand())
        {
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await checkpoint.ExecuteNonQueryAsync(Cancelled);
        }

        await using var file = new FileStream(cluster.AuditFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, Cancelled);
        Assert.Equal(-1, bytes.AsSpan().IndexOf(secret));
        Assert.Equal(-1, bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(created.Secret[^43..])));
        Assert.NotEqual(-1, bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(created.Key.Id)));
    }

    [Fact]
    public async Task Samples_over_the_quota_are_refused_before_they_are_acknowledged_and_nothing_that_was_is_lost()
    {
        var machine = MachineKey.Parse("quota-1/line-1/press-1");
        await TenantAsync(new Tenant("quota", ["quota-1"], SamplesPerSecond: 200)); // A hundred on each of the two silos.
        var engineer = cluster.Pass(Role.Engineer, "quota-1", "quota");
        await As(engineer, () => cluster.Client.GetGrain<ISiteGrain>("quota-1").Apply(SecuredCluster.Site(machine)));
        var grain = cluster.Client.GetGrain<IMachineGrain>(machine.Value);
        var (acknowledged, refused) = (new List<long>(), 0);
        for (var sequence = 0L; sequence < 40; sequence++)
        {
            try
            {
                await As(engineer, () => grain.Observe(SecuredCluster.Batch(machine, sequence)));
                acknowledged.Add(sequence);
            }
            catch (QuotaExceededException fault)
            {
                Assert.Contains("SamplesPerSecond = 200", fault.Message, StringComparison.Ordinal);
                Assert.Contains("'quota'", fault.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(acknowledged.Count, 10, 39);
        Assert.True(refused > 0);
        var log = cluster.Silo.GetRequiredService<ISampleLog>();
        var stored = new List<long>();
        await foreach (var entry in log.ReadAsync(machine, 0, Cancelled))
        {
            if (entry.Kind == LogEntryKind.Samples)
            {
                stored.Add(entry.Sequence);
            }
        }

        Assert.Equal(acknowledged, stored.Order());

        // What was refused is taken later, from the same sender.
        await SecuredCluster.UntilAsync(async () =>
        {
            try
            {
                return (await As(engineer, () => grain.Observe(SecuredCluster.Batch(machine, 39)))).Outcome is ObserveOutcome.Accepted or ObserveOutcome.Duplicate;
            }
            catch (QuotaExceededException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Machines_and_compute_seconds_over_the_quota_are_refused_with_its_name_and_value()
    {
        var machine = MachineKey.Parse("small-1/line-1/press-1");
        await TenantAsync(new Tenant("small", ["small-1", "small-2"], ComputeSecondsPerDay: 0.000001, Machines: 3));
        var engineer = cluster.Pass(Role.Engineer, "small-1", "small");
        await As(engineer, () => cluster.Client.GetGrain<ISiteGrain>("small-1").Apply(SecuredCluster.Site(machine, machines: 3)));
        var fault = await Assert.ThrowsAsync<QuotaExceededException>(() => As(engineer, () => cluster.Client.GetGrain<ISiteGrain>("small-1").Apply(SecuredCluster.Site(machine, machines: 4))));
        Assert.Contains("Machines = 3", fault.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await As(engineer, () => cluster.Client.GetGrain<ISiteGrain>("small-1").GetSnapshot())).Lines.Sum(line => line.Machines));

        var queue = cluster.Client.GetGrain<IWorkQueueGrain>("small-1/window-statistics.8");
        Exception? refusal = null;
        await SecuredCluster.UntilAsync(async () =>
        {
            try
            {
                await As(engineer, () => queue.Submit(Work()));
                return false;
            }
            catch (QuotaExceededException thrown)
            {
                refusal = thrown;
                return true;
            }
        });
        Assert.Contains("ComputeSecondsPerDay", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_meter_counts_the_log_and_gives_the_same_each_time()
    {
        var machine = MachineKey.Parse("meter-1/line-1/press-1");
        await TenantAsync(new Tenant("meter", ["meter-1"]));
        var engineer = cluster.Pass(Role.Engineer, "meter-1", "meter");
        await As(engineer, () => cluster.Client.GetGrain<ISiteGrain>("meter-1").Apply(SecuredCluster.Site(machine)));
        var grain = cluster.Client.GetGrain<IMachineGrain>(machine.Value);
        for (var sequence = 0L; sequence < 7; sequence++)
        {
            await As(engineer, () => grain.Observe(SecuredCluster.Batch(machine, sequence, rows: 10 + (int)sequence)));
            await As(engineer, () => grain.Observe(SecuredCluster.Batch(machine, sequence, rows: 10 + (int)sequence))); // A repeat costs nothing.
        }

        await cluster.Store.AddUsageAsync([new ComputeUsage("meter-1", Now(), 3, 1_500), new ComputeUsage("meter-1", Now(), 2, 500), new ComputeUsage("meter-10", Now(), 9, 9)], Cancelled);

        // Counted here from the entries themselves, one by one.
        var (batches, samples, bytes) = (0L, 0L, 0L);
        await foreach (var entry in cluster.Silo.GetRequiredService<ISampleLog>().ReadAsync(machine, 0, Cancelled))
        {
            if (entry.Kind == LogEntryKind.Samples)
            {
                (batches, samples, bytes) = (batches + 1, samples + SampleBatchCodec.Decode(entry.Payload).Sum(column => column.Values.Length), bytes + entry.Payload.Length);
            }
        }

        var meter = cluster.Silo.GetRequiredService<LogMeter>();
        var first = await meter.CountAsync("meter-1", 0, long.MaxValue, Cancelled);
        Assert.Equal((7, 7 * 13, bytes), first);
        Assert.Equal((batches, samples, bytes), first);
        Assert.Equal(first, await meter.CountAsync("meter-1", 0, long.MaxValue, Cancelled));
        Assert.Equal((0, 0, 0), await meter.CountAsync("meter", 0, long.MaxValue, Cancelled));
        Assert.Equal((0, 0, 0), await meter.CountAsync("meter-1", 0, Now() - 3_600_000_000, Cancelled));
        Assert.Equal((5, 2_000), await cluster.Store.ReadComputeAsync("meter-1", 0, long.MaxValue, Cancelled));

        // A stretch that can still grow is refused, one that has ended is the same each time.
        await Assert.ThrowsAsync<ArgumentException>(() => As(engineer, () => Tenants.Meter("meter", 0, Now())));
        var reading = await As(engineer, () => Tenants.Meter("meter", 0, Now() - 120_000_000));
        Assert.Equal([new SiteUsage("meter-1", 0, 0, 0, 0, 0)], reading.Sites);
    }

    private ITenantGrain Tenants => cluster.Client.GetGrain<ITenantGrain>(ITenantGrain.Key);

    private IAccessKeyGrain Keys => cluster.Client.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key);

    private static long Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static Task<T> As<T>(string pass, Func<Task<T>> call) => SecuredCluster.AsAsync(pass, call);

    private static WindowStatisticsRequest Work() => new WindowStatisticsRequest([.. Enumerable.Range(0, 8).Select(number => (float)number)], 8) { Deadline = DateTimeOffset.UtcNow.AddSeconds(20) };

    private async Task TenantAsync(Tenant tenant)
    {
        await SecuredCluster.AsAsync(cluster.Pass(Role.Administrator, "*"), () => Tenants.Set(tenant));
        foreach (var silo in cluster.Silos)
        {
            await SecuredCluster.UntilAsync(() => Task.FromResult(silo.GetRequiredService<AccessBook>().Now.Tenants.ContainsKey(tenant.Name)));
        }
    }
}
