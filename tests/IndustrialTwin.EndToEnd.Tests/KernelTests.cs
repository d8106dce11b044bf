using System.Security.Cryptography;
using Acme.Overloads;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Audit;
using IndustrialTwin.Work;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>A silo as it is shipped, given a kernel of somebody else's by its configuration.</summary>
public sealed class KernelTests(ITestOutputHelper output)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_asks_for_a_kernel_that_the_configuration_names()
    {
        using var folder = new TemporaryFolder();
        var (assembly, hash) = Copied(folder);
        await using var silo = new SiloProcess(folder.Path, output, Named(assembly, hash, ("Security__Access", "Required")));
        var admin = await silo.KeyAsync();
        await silo.StartAsync();
        Assert.Contains($"Kernel 'acme-overload-dose' ({assembly}) is loaded: Acme.Overloads.OverloadBinding of IndustrialTwin.OwnKernel", silo.Output, StringComparison.Ordinal);

        var (host, client) = await silo.ConnectAsync(admin);
        using var connected = host;
        var grid = client.GetGrain<IGridGrain>("load");
        var reply = await grid.Compute(Request(3), Cancelled);
        Assert.True(reply.Outcome == ComputeOutcome.Done, reply.Detail);
        Assert.Equal([7.0, 0.0], reply.Values);
        // A queue of its own, as any kernel has, and its own check of what comes.
        reply = await client.GetGrain<IWorkQueueGrain>("load/acme-overload-dose.4").Submit(Request(1));
        Assert.Equal([14.0, 2.0], reply.Values);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => grid.Compute(Request(float.NaN), Cancelled));
        Assert.Contains("acme-overload-dose: LimitKn is NaN; expected a finite number", error.Message, StringComparison.Ordinal);

        var happened = (await client.GetGrain<IAuditGrain>(IAuditGrain.Key).Read(1, 100)).Select(record => record.Event).Single(each => each.What == "kernel");
        Assert.Equal(("acme-overload-dose", AuditOutcome.Allowed), (happened.Where, happened.Outcome));
        Assert.Contains($"SHA-256 {hash}", happened.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_was_not_given_it_knows_no_such_type_and_goes_on()
    {
        using var folder = new TemporaryFolder();
        await using var silo = new SiloProcess(folder.Path, output);
        await silo.StartAsync();
        var (host, client) = await silo.ConnectAsync();
        using var connected = host;
        var grid = client.GetGrain<IGridGrain>("load");
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => grid.Compute(Request(1), soon.Token));
        Assert.Contains("an instance of abstract type IndustrialTwin.Accelerators.ComputeRequest", fault.Message, StringComparison.Ordinal);
        var reply = await grid.Compute(new RollingRequest([1, 2, 3], 3, 3) { Deadline = DateTimeOffset.UtcNow.AddMinutes(1) }, Cancelled);
        Assert.True(reply.Outcome == ComputeOutcome.Done, reply.Detail);
    }

    [Fact]
    public async Task An_assembly_with_another_hash_keeps_the_silo_from_starting()
    {
        using var folder = new TemporaryFolder();
        var (assembly, hash) = Copied(folder);
        await File.AppendAllTextAsync(assembly, "one byte more", Cancelled);
        await using var silo = new SiloProcess(folder.Path, output, Named(assembly, hash));
        Assert.Equal(1, await silo.RunAsync());
        Assert.Contains($"IndustrialTwin cannot start. Kernels:Assemblies:0: the assembly '{assembly}' has the SHA-256 ", silo.Output, StringComparison.Ordinal);
        Assert.Contains($"; expected {hash}", silo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_assembly_needs_is_in_the_silo_or_named()
    {
        using var folder = new TemporaryFolder();
        var (assembly, hash) = Copied(folder, "IndustrialTwin.SampleDriver");
        await using var silo = new SiloProcess(folder.Path, output, Named(assembly, hash));
        Assert.Equal(1, await silo.RunAsync());
        Assert.Contains($"Kernels:Assemblies:0: the assembly '{assembly}' needs Grpc.AspNetCore.Server", silo.Output, StringComparison.Ordinal);
        Assert.Contains("and the silo does not have it; expected it among Kernels:Assemblies:0:Libraries", silo.Output, StringComparison.Ordinal);
    }

    private static OverloadRequest Request(float limitKn) => new([2, 4, 5, 7, 1, 1, 1, 3], 4, limitKn) { Deadline = DateTimeOffset.UtcNow.AddMinutes(1) };

    private static (string Key, string Value)[] Named(string assembly, string hash, params (string Key, string Value)[] others) =>
        [("Kernels__Assemblies__0__Path", assembly), ("Kernels__Assemblies__0__Sha256", hash), .. others];

    /// <summary>The assembly alone, as somebody would mount it, and what it hashes to.</summary>
    private static (string File, string Hash) Copied(TemporaryFolder folder, string project = "IndustrialTwin.OwnKernel")
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "kernels")).FullName, $"{project}.dll");
        File.Copy(SiloProcess.Built($"tests/{project}", $"{project}.dll"), file);
        return (file, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
    }
}
