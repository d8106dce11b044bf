namespace IndustrialTwin.Certificates;

public sealed class CertificateStoreTests
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public void What_is_swapped_in_is_used_and_old_and_new_authorities_are_trusted_together()
    {
        using var old = CertificateAuthority.Create("old", Now, Year);
        using var next = CertificateAuthority.Create("next", Now, Year);
        using var folder = new CertificateFolder(old.Silo("plant", [], Now, Year));
        using var lines = new Lines();
        using var store = new CertificateStore(folder.Options, logger: lines.Of<CertificateStore>());
        var first = store.Current;
        store.Reload();
        Assert.Same(first, store.Current);

        folder.Put(next.Silo("plant", ["edge-1"], Now, Year), old.CertificatePem);
        store.Reload();
        Assert.NotEqual(first.Certificate.Thumbprint, store.Current.Certificate.Thumbprint);
        Assert.Equal(["CN=next", "CN=old"], store.Current.Authorities.Select(authority => authority.Subject));
        Assert.Equal(2, store.Policy.CustomTrustStore.Count);
        Assert.Equal(2, lines.All.Count(line => line.Contains("Uses the certificate 'CN=silo.plant'", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Files_are_looked_at_again_by_themselves()
    {
        using var authority = CertificateAuthority.Create("a", Now, Year);
        using var folder = new CertificateFolder(authority.Silo("plant", [], Now, Year));
        var options = folder.Options;
        options.ReloadInterval = TimeSpan.FromMilliseconds(20);
        using var store = new CertificateStore(options);
        var before = store.Current.Certificate.Thumbprint;
        folder.Put(authority.Silo("plant", [], Now, Year));
        for (var started = TimeProvider.System.GetTimestamp(); store.Current.Certificate.Thumbprint == before; await Task.Delay(10, TestContext.Current.CancellationToken))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public void What_cannot_be_used_is_told_once_and_the_certificate_before_it_stays()
    {
        using var authority = CertificateAuthority.Create("a", Now, Year);
        var (one, other) = (authority.Silo("plant", [], Now, Year), authority.Silo("plant", [], Now, Year));
        using var folder = new CertificateFolder(one);
        using var lines = new Lines();
        using var store = new CertificateStore(folder.Options, logger: lines.Of<CertificateStore>());
        var before = store.Current;
        folder.Put(other.CertificatePem, one.KeyPem, one.AuthorityPem);
        store.Reload();
        Assert.DoesNotContain(lines.All, line => line.StartsWith("Error", StringComparison.Ordinal)); // They may be about to be whole.
        store.Reload();
        store.Reload();
        Assert.Same(before, store.Current);
        Assert.Contains("is not the private key of the certificate", Assert.Single(lines.All, line => line.StartsWith("Error", StringComparison.Ordinal)));
        folder.Put(other);
        store.Reload();
        Assert.NotSame(before, store.Current);
    }

    [Fact]
    public void A_file_that_is_missing_empty_or_something_else_is_named()
    {
        using var authority = CertificateAuthority.Create("a", Now, Year);
        var good = authority.Silo("plant", [], Now, Year);
        using var folder = new CertificateFolder(good);
        Assert.Contains("tls.crt' cannot be read", Fault(new CertificateOptions { Folder = Path.Combine(folder.Folder, "elsewhere") }));
        Assert.Contains("Certificates:Folder is not set", Fault(new CertificateOptions()));
        folder.Put("no certificate", good.KeyPem, good.AuthorityPem);
        Assert.Contains("tls.crt' holds no certificate; expected PEM", Fault(folder.Options));
        folder.Put(good.CertificatePem, good.KeyPem, good.CertificatePem);
        Assert.Contains("ca.crt' holds no authority that signed itself", Fault(folder.Options));

        static string Fault(CertificateOptions options) => Assert.Throws<CertificateException>(() => new CertificateStore(options)).Message;
    }

    [Fact]
    public void An_end_that_is_near_is_warned_of_once_a_day()
    {
        using var authority = CertificateAuthority.Create("a", Now, Year);
        using var folder = new CertificateFolder(authority.Silo("plant", [], Now, TimeSpan.FromDays(3)));
        using var lines = new Lines();
        using var store = new CertificateStore(folder.Options, logger: lines.Of<CertificateStore>());
        store.Reload();
        store.Reload();
        Assert.Single(lines.All, line => line.Contains("holds no newer one", StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_is_for_its_owner_only()
    {
        using var authority = CertificateAuthority.Create("a", Now, Year);
        using var folder = new CertificateFolder(authority.Silo("plant", [], Now, Year));
        if (!OperatingSystem.IsWindows())
        {
            var key = Path.Combine(folder.Folder, "tls.key");
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
            using var lines = new Lines();
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
            using var store = new CertificateStore(folder.Options, logger: lines.Of<CertificateStore>());
            Assert.Contains(lines.All, line => line.Contains("can be read by every user", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Many_refusals_are_counted_but_not_told_of_one_by_one()
    {
        using var authority = CertificateAuthority.Create("a", Now, Year);
        using var folder = new CertificateFolder(authority.Silo("plant", [], Now, Year));
        using var lines = new Lines();
        using var store = new CertificateStore(folder.Options, logger: lines.Of<CertificateStore>());
        for (var i = 0; i < 1000; i++)
        {
            store.Refusals.Add("silo", "10.0.0.1", "it does not speak TLS");
        }

        Assert.Equal(1000, store.Refusals.Count);
        Assert.InRange(lines.All.Count(line => line.Contains("Refused 10.0.0.1", StringComparison.Ordinal)), 1, 60);
    }

    [Theory]
    [InlineData("plant", true)]
    [InlineData("plant-1.example", true)]
    [InlineData("*", false)]
    [InlineData("a plant", false)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    public void A_cluster_id_must_be_able_to_stand_in_a_name(string id, bool isGood) => Assert.Equal(isGood, CertificateNames.IsCluster(id));

    [Fact]
    public void An_authority_is_read_back_and_issues_no_longer_than_it_lives()
    {
        using var made = CertificateAuthority.Create("a", Now, TimeSpan.FromDays(10));
        using var authority = CertificateAuthority.Read(made.CertificatePem, made.KeyPem);
        using var folder = new CertificateFolder(authority.Device("wuhan/line-3/press-07", Now, Year));
        using var store = new CertificateStore(folder.Options);
        Assert.Equal("wuhan/line-3/press-07", CertificateNames.Common(store.Current.Certificate));
        Assert.True(store.Current.Certificate.NotAfter <= store.Current.Authorities[0].NotAfter);
        var device = authority.Device("x", Now, Year);
        Assert.Contains("is no authority", Assert.Throws<CertificateException>(() => CertificateAuthority.Read(device.CertificatePem, device.KeyPem)).Message);
        Assert.Throws<CertificateException>(() => CertificateAuthority.Read(made.CertificatePem, device.KeyPem));
    }
}
