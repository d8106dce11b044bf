using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Mqtt;

public sealed class MqttOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(Faults(new MqttOptions()));

    [Fact]
    public void Settings_that_cannot_work_or_would_let_anyone_in_are_refused()
    {
        Assert.Contains("others can reach", Assert.Single(Faults(new MqttOptions { Host = "0.0.0.0" })));
        Assert.Empty(Faults(new MqttOptions { Host = "0.0.0.0", UserName = "a", Password = "b" }));
        Assert.Contains("IP address", Assert.Single(Faults(new MqttOptions { Host = "broker.example" })));
        Assert.Empty(Faults(new MqttOptions { Mode = MqttMode.External, Host = "broker.example" }));
        Assert.Single(Faults(new MqttOptions { Mode = MqttMode.External, Port = 0 }));
        Assert.Empty(Faults(new MqttOptions { Host = "0.0.0.0", Tls = true, RequireCertificate = true }));
        Assert.Contains("others can reach", Assert.Single(Faults(new MqttOptions { Host = "0.0.0.0", Tls = true })));
        Assert.Contains("needs Tls", Assert.Single(Faults(new MqttOptions { RequireCertificate = true })));
        Assert.Contains("needs a UserName", Assert.Single(Faults(new MqttOptions { PasswordFile = "p" })));
        Assert.Contains("both set", Assert.Single(Faults(new MqttOptions { UserName = "u", Password = "p", PasswordFile = "p" })));
        Assert.Single(Faults(new MqttOptions { ShareGroup = "a/b" }));
        Assert.Single(Faults(new MqttOptions { TraceRatio = 1.5 }));
        Assert.Single(Faults(new MqttOptions { ObserveTimeout = TimeSpan.Zero }));
    }

    [Fact]
    public async Task A_host_with_wrong_settings_does_not_start() =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => IngestHost.StartAsync(null, ("PendingMax", "0")));

    [Fact]
    public async Task A_port_in_use_is_told_by_its_setting()
    {
        await using var first = await IngestHost.StartAsync();
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => IngestHost.StartAsync(null, ("Port", $"{first.Port}")));
        Assert.Contains("Mqtt:Port", fault.Message);
    }

    private static List<string> Faults(MqttOptions options)
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        return [.. faults.Select(fault => fault.ErrorMessage!)];
    }
}
