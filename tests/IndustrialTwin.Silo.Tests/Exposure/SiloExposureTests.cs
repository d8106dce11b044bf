using IndustrialTwin.Hosting;
using IndustrialTwin.Mqtt;
using IndustrialTwin.Starting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace IndustrialTwin.Exposure;

/// <summary>What a silo refuses to open to other computers, and what it says of what it does.</summary>
public sealed class SiloExposureTests
{
    private const string Folder = "certificates";

    [Fact]
    public void A_fresh_silo_listens_on_loopback_only_and_says_so()
    {
        var exposure = Check();
        Assert.All(exposure.Listeners, listener => Assert.True(listener.IsLoopback, $"{listener}"));
        Assert.Equal(4, exposure.Listeners.Count);
        Assert.Equal("It listens on loopback only: nobody but this computer can reach it.", exposure.Sentence);
        Assert.Empty(exposure.Warnings);
    }

    [Theory]
    [InlineData("Urls", "http://+:8080", "Urls is 'http://+:8080', which other computers can reach, but the port for people and programs (HTTP) is not encrypted. Set an address that begins with https")]
    [InlineData("Urls", "http://localhost:1;http://10.0.0.5:8080", "Urls is 'http://10.0.0.5:8080'")]
    [InlineData("Urls", "http://edge-1:8080", "is not encrypted")]
    [InlineData("Kestrel:Endpoints:More:Url", "http://[::]:8080", "Kestrel:Endpoints:More:Url is 'http://[::]:8080'")]
    [InlineData("Cluster:Address", "10.0.0.5", "the port for silos is not encrypted. Set Cluster:Tls")]
    [InlineData("Mqtt:Host", "0.0.0.0", "Mqtt:Host is '0.0.0.0', which other computers can reach, but the port for machines (MQTT) is not encrypted. Set Mqtt:Tls")]
    public void Beyond_loopback_nothing_is_open_without_encryption(string setting, string value, string fault)
    {
        var message = Assert.Throws<StartException>(() => Check((setting, value))).Message;
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.Contains("set Security:AllowPlaintext=true", message, StringComparison.Ordinal);
        var allowed = Check((setting, value), ("Security:AllowPlaintext", "true"), ("Security:AllowAnonymous", "true"));
        Assert.Contains(allowed.Warnings, warning => warning.EndsWith("Security:AllowPlaintext allows it.", StringComparison.Ordinal));
        Assert.StartsWith("Other computers can reach ", allowed.Sentence, StringComparison.Ordinal);
        Assert.Contains("(not encrypted)", allowed.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Urls", "https://+:8443", "the port for people and programs (HTTP) lets anyone in")]
    [InlineData("Mqtt:Host", "0.0.0.0", "the port for machines (MQTT) lets anyone in. Set Mqtt:RequireCertificate")]
    public void Beyond_loopback_nobody_comes_in_without_saying_who_it_is(string setting, string value, string fault)
    {
        var message = Assert.Throws<StartException>(() => Check((setting, value), ("Mqtt:Tls", "true"))).Message;
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.Contains("set Security:AllowAnonymous=true", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broker_that_is_told_to_let_anyone_in_does_and_says_so() => Assert.EndsWith(
        "lets anyone in: Mqtt:AllowAnonymous allows it.",
        Assert.Single(Check(("Mqtt:Host", "0.0.0.0"), ("Mqtt:Tls", "true"), ("Mqtt:AllowAnonymous", "true")).Warnings), StringComparison.Ordinal);

    [Fact]
    public void What_is_encrypted_and_asks_who_calls_is_open_without_a_warning()
    {
        var exposure = Check(
            true, ("Urls", "https://+:8443"), ("Cluster:Address", "10.0.0.5"), ("Cluster:Tls", "true"), ("Mqtt:Host", "0.0.0.0"), ("Mqtt:Tls", "true"),
            ("Mqtt:RequireCertificate", "true"), ("Certificates:Folder", Folder));
        Assert.Empty(exposure.Warnings);
        Assert.Equal(4, exposure.Listeners.Count(listener => listener is { IsLoopback: false, IsEncrypted: true, IsAuthenticated: true }));
    }

    [Theory]
    [InlineData("Host=db;Username=a;Password=secret", true)]
    [InlineData("Host=db;SSL Mode=Require", true)]
    [InlineData("Host=127.0.0.1,db:5433;SSL Mode=VerifyCA", true)]
    [InlineData("Host=db;SSL Mode=VerifyFull;Root Certificate=ca.crt", false)]
    [InlineData("Host=127.0.0.1", false)]
    [InlineData("Host=/var/run/postgresql", false)]
    public void A_database_that_nobody_verifies_is_warned_of_without_its_secret(string connectionString, bool isWarned)
    {
        var exposure = Check(("Storage:Engine", "Postgres"), ("Storage:ConnectionString", connectionString));
        Assert.Equal(isWarned, exposure.Warnings.Any(warning => warning.Contains("SSL Mode=VerifyFull", StringComparison.Ordinal)));
        Assert.All(exposure.Warnings, warning => Assert.DoesNotContain("secret", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void An_external_broker_without_encryption_is_warned_of() => Assert.Contains(
        "Set Mqtt:Tls", Assert.Single(Check(("Mqtt:Mode", "External"), ("Mqtt:Host", "broker.example")).Warnings), StringComparison.Ordinal);

    [Fact]
    public void An_address_that_is_none_is_named() =>
        Assert.Contains("Urls is 'nonsense'", Assert.Throws<StartException>(() => Check(("Urls", "nonsense"))).Message, StringComparison.Ordinal);

    private static SiloExposure Check(params (string Key, string Value)[] settings) => Check(false, settings);

    private static SiloExposure Check(bool isHttpAuthenticated, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Urls", "http://localhost:8080")])
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        return SiloExposure.Check(
            configuration,
            configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions(),
            configuration.GetSection(GridClusterOptions.Section).Get<GridClusterOptions>() ?? new GridClusterOptions(),
            configuration.GetSection(MqttOptions.Section).Get<MqttOptions>() ?? new MqttOptions(),
            isHttpAuthenticated);
    }
}
