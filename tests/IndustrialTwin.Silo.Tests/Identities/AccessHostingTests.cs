using IndustrialTwin.Hosting;
using IndustrialTwin.Starting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace IndustrialTwin.Identities;

/// <summary>When one has to sign in, and where the cluster's key comes from.</summary>
public class AccessHostingTests
{
    [Theory]
    [InlineData(AccessMode.Auto, false, false, false)]
    [InlineData(AccessMode.Auto, true, false, true)]
    [InlineData(AccessMode.Auto, true, true, false)]
    [InlineData(AccessMode.Required, false, true, true)]
    [InlineData(AccessMode.Open, true, false, false)]
    public void Beyond_loopback_one_signs_in_unless_it_is_said_otherwise(AccessMode mode, bool isBeyondLoopback, bool allowsAnonymous, bool isRequired)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Security:AllowAnonymous", $"{allowsAnonymous}")]).Build();
        Assert.Equal(isRequired, AccessHosting.IsRequired(new SecurityOptions { Access = mode }, configuration, isBeyondLoopback));
    }

    [Fact]
    public void A_silo_on_a_file_makes_itself_a_key_that_only_its_user_reads()
    {
        var folder = Directory.CreateTempSubdirectory("itwin-key-");
        try
        {
            var storage = new StorageOptions { Path = Path.Combine(folder.FullName, "twin.db") };
            var made = Assert.Single(AccessHosting.Keys(new SecurityOptions(), storage, isRequired: true));
            Assert.Equal(32, made.Length);
            Assert.Equal(made, Assert.Single(AccessHosting.Keys(new SecurityOptions(), storage, isRequired: true)));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.FullName, "twin.cluster-key")));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Silos_on_one_database_are_told_their_key_and_a_bad_one_is_named_without_being_shown()
    {
        var storage = new StorageOptions { Engine = StorageEngine.Postgres, ConnectionString = "Host=x" };
        Assert.Contains("ClusterKey", Assert.Throws<StartException>(() => AccessHosting.Keys(new SecurityOptions(), storage, isRequired: true)).Message, StringComparison.Ordinal);
        Assert.Empty(AccessHosting.Keys(new SecurityOptions(), storage, isRequired: false));
        foreach (var bad in (string[])["secret!", Convert.ToBase64String(new byte[31])])
        {
            var fault = Assert.Throws<StartException>(() => AccessHosting.Keys(new SecurityOptions { ClusterKey = bad }, storage, isRequired: true));
            Assert.DoesNotContain(bad, fault.Message, StringComparison.Ordinal);
        }

        var (newer, older) = (Convert.ToBase64String(new byte[32]), Convert.ToBase64String([.. Enumerable.Repeat((byte)1, 40)]));
        Assert.Equal(2, AccessHosting.Keys(new SecurityOptions { ClusterKey = $"{newer}, {older}" }, storage, isRequired: true).Length);
    }
}
