using IndustrialTwin.Certification;
using Xunit;

namespace IndustrialTwin.Drivers;

/// <summary>The certification passes what is right, and only that. It is long work; what has to be in time elsewhere goes before it.</summary>
[CollectionDefinition(nameof(CertificationTests), DisableParallelization = true), Collection(nameof(CertificationTests))]
public sealed class CertificationTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_sample_driver_is_certified_without_anything_left_open()
    {
        await using var sample = new SampleProcess();
        var findings = await FindAsync(new DriverCertification(sample.Options, sample.Process));
        Assert.All(findings, finding => Assert.Equal(Verdict.Passed, finding.Verdict));
        Assert.InRange(findings.Count, 50, int.MaxValue);
    }

    [Theory]
    [InlineData(typeof(TypedDriver))]
    [InlineData(typeof(ArrayDriver))]
    public async Task A_driver_from_an_assembly_is_certified(Type type)
    {
        var driver = DriverAssembly.Load(type.Assembly.Location, type.FullName!, new Dictionary<string, string>());
        var findings = await FindAsync(new DriverCertification(driver));
        Assert.All(findings, finding => Assert.Equal(Verdict.Passed, finding.Verdict));
    }

    [Fact]
    public async Task A_driver_that_computes_wrong_is_not_certified()
    {
        var findings = await FindAsync(new DriverCertification(new ArrayDriver(new Dictionary<string, string> { ["gain"] = "1.001" })));
        var finding = Assert.Single(findings);
        Assert.Equal(Verdict.Failed, finding.Verdict);
        Assert.Contains("its power spectrum is off by", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_driver_that_takes_whatever_comes_is_not_certified()
    {
        await using var rogue = await RogueDriver.StartAsync(isCareless: true);
        var findings = await FindAsync(new DriverCertification(rogue.Options));
        Assert.Contains(findings, finding => finding is { Verdict: Verdict.Failed, Subject: "refuses an input of another name" });
        Assert.Contains(findings, finding => finding is { Verdict: Verdict.Failed, Subject: "refuses more data than extents" });
        Assert.Contains(findings, finding => finding is { Verdict: Verdict.Failed, Subject: "versions that it does not speak" });
        Assert.Contains(findings, finding => finding is { Verdict: Verdict.Failed, Subject: "refuses a launch without jobs" });
        Assert.Contains(findings, finding => finding is { Verdict: Verdict.Passed, Subject: "window-statistics 1024" });
        Assert.Contains(findings, finding => finding is { Verdict: Verdict.NotChecked, Subject: "is killed and started again" });
    }

    [Fact]
    public async Task A_driver_that_keeps_memory_is_not_certified()
    {
        await using var rogue = await RogueDriver.StartAsync();
        var kept = new List<byte[]>();
        rogue.Bending = (_, _) =>
        {
            var bytes = new byte[200_000];
            Array.Fill(bytes, (byte)1);
            lock (kept)
                kept.Add(bytes);
            return Task.CompletedTask;
        };
        var findings = await FindAsync(new DriverCertification(rogue.Options));
        Assert.Contains(findings, finding => finding is { Verdict: Verdict.Failed, Subject: "memory over many jobs" });
        GC.KeepAlive(kept);
    }

    [Fact]
    public async Task Nobody_at_the_socket_is_one_finding()
    {
        var finding = Assert.Single(await FindAsync(new DriverCertification(new SocketOptions { Path = "/tmp/itwin-no-such.sock" })));
        Assert.Equal((Verdict.Failed, "The driver's socket '/tmp/itwin-no-such.sock' is not there."), (finding.Verdict, finding.Detail));
    }

    [Theory]
    [InlineData("NoSuchDriver", null, "has no public class 'NoSuchDriver'")]
    [InlineData("IndustrialTwin.Drivers.TypedDriver", "gain", "takes no settings; there are gain")]
    [InlineData("IndustrialTwin.Drivers.ArrayDriver", "gain", "cannot be made: ")]
    public void A_class_that_is_not_as_it_must_be_is_named(string type, string? setting, string reason)
    {
        var settings = setting is null ? [] : new Dictionary<string, string> { [setting] = "much" };
        var error = Assert.Throws<DriverException>(() => DriverAssembly.Load(typeof(TypedDriver).Assembly.Location, type, settings));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_with_another_hash_is_not_loaded()
    {
        var error = Assert.Throws<DriverException>(
            () => DriverAssembly.Load(typeof(TypedDriver).Assembly.Location, typeof(TypedDriver).FullName!, new Dictionary<string, string>(), new string('0', 64)));
        Assert.Contains($"expected {new string('0', 64)}", error.Message, StringComparison.Ordinal);
    }

    private async Task<List<Finding>> FindAsync(DriverCertification certification)
    {
        var findings = new List<Finding>();
        await foreach (var finding in certification.RunAsync(TestContext.Current.CancellationToken))
        {
            output.WriteLine($"{finding.Verdict}  {finding.Subject}: {finding.Detail}");
            findings.Add(finding);
        }

        return findings;
    }
}
