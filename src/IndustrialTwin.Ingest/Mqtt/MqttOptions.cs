using System.ComponentModel.DataAnnotations;
using System.Net;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Mqtt;

/// <summary>Where the ingest's MQTT broker is.</summary>
public enum MqttMode
{
    /// <summary>In this process.</summary>
    Embedded,

    /// <summary>Elsewhere; silos share a subscription to it.</summary>
    External,
}

/// <summary>How samples come in over MQTT.</summary>
public sealed class MqttOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Mqtt";

    /// <summary>Where the broker is.</summary>
    [EnumDataType(typeof(MqttMode))]
    public MqttMode Mode { get; set; } = MqttMode.Embedded;

    /// <summary>Embedded: the address to listen on. External: the broker's name or address.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The port; 0 lets the embedded broker take any free one.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = 1883;

    /// <summary>Embedded: who clients must be. External: who the ingest is.</summary>
    public string? UserName { get; set; }

    /// <summary>The password that belongs to <see cref="UserName"/>.</summary>
    public string? Password { get; set; }

    /// <summary>A file with the password, such as a mounted secret, read at every connection.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Embedded: lets clients in without a user name although the address is not a loopback one.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Whether connections are encrypted. The embedded broker shows the silo's certificate, and so does the client of an external one.</summary>
    public bool Tls { get; set; }

    /// <summary>Embedded, with TLS: whether every client needs a certificate. Without, it may come with a user name and password instead.</summary>
    public bool RequireCertificate { get; set; }

    /// <summary>External: a PEM file with the authorities that the broker's certificate may come from; the silo's where null, or else the system's.</summary>
    public string? TlsCaFile { get; set; }

    /// <summary>External: the client id, which must be this silo's alone and stay the same over restarts so that its session does.</summary>
    [Required, StringLength(128, MinimumLength = 1)]
    public string ClientId { get; set; } = $"itwin-{Environment.MachineName}";

    /// <summary>External: the group that silos share the subscription in.</summary>
    [Required, RegularExpression("[^/+#]+")]
    public string ShareGroup { get; set; } = SampleTopic.DefaultShareGroup;

    /// <summary>External: how many messages the broker may send before one is acknowledged.</summary>
    [Range(1, 65_535)]
    public int ReceiveMax { get; set; } = 256;

    /// <summary>External: how long the broker keeps the session while the ingest is away.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromHours(1);

    /// <summary>External: the longest pause between two attempts to connect.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ReconnectDelayMax { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Embedded: how many clients may be connected.</summary>
    [Range(1, 100_000)]
    public int ConnectionsMax { get; set; } = 1_000;

    /// <summary>Embedded: how many messages of one client may wait for their commit before no more are read from it.</summary>
    [Range(1, 65_535)]
    public int PendingPerClientMax { get; set; } = 64;

    /// <summary>Embedded: how many messages a second are read from one client, and as many again at once. What it sends beyond waits with it.</summary>
    [Range(1, 10_000_000)]
    public int MessagesPerSecondMax { get; set; } = 20_000;

    /// <summary>Embedded: how many messages of all clients may wait for their commit.</summary>
    [Range(1, 1_000_000)]
    public int PendingMax { get; set; } = 1_024;

    /// <summary>Embedded: the longest MQTT packet, bytes; a client that sends a longer one is disconnected before it is read.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int PacketBytesMax { get; set; } = 4 * SamplePayload.PayloadBytesMax;

    /// <summary>Embedded: how many messages wait for a slow subscriber before its oldest are dropped.</summary>
    [Range(1, 1_000_000)]
    public int SubscriberQueueMax { get; set; } = 1_000;

    /// <summary>How long a message may take to its commit before it is refused.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan ObserveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stop waits for messages that were begun to be committed and acknowledged.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The share of messages without a trace context that are traced, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double TraceRatio { get; set; } = 0.01;

    /// <summary>A message that takes longer gets a span afterwards, traced or not.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan SlowAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The password as it is now, or null where there is none.</summary>
    /// <exception cref="InvalidOperationException">Its file cannot be read.</exception>
    internal string? ReadPassword()
    {
        try
        {
            return PasswordFile is null ? Password : File.ReadAllText(PasswordFile).TrimEnd('\r', '\n');
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{Section}:{nameof(PasswordFile)} is '{PasswordFile}', which cannot be read ({fault.Message.TrimEnd('.')}).", fault);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Mode == MqttMode.External && Port == 0)
        {
            yield return new ValidationResult($"{Section}:{nameof(Port)} is 0; an external broker needs its port, 1 to 65535.", [nameof(Port)]);
        }

        if ((Password ?? PasswordFile) is not null && string.IsNullOrEmpty(UserName))
        {
            yield return new ValidationResult($"{Section}:{(Password is null ? nameof(PasswordFile) : nameof(Password))} needs a {nameof(UserName)}.", [nameof(UserName)]);
        }

        if (Password is not null && PasswordFile is not null)
        {
            yield return new ValidationResult($"{Section}:{nameof(Password)} and {nameof(PasswordFile)} are both set; expected one of them.", [nameof(PasswordFile)]);
        }

        if (Mode != MqttMode.Embedded)
        {
            yield break;
        }

        if (RequireCertificate && !Tls)
        {
            yield return new ValidationResult($"{Section}:{nameof(RequireCertificate)} needs {nameof(Tls)}.", [nameof(RequireCertificate)]);
        }

        if (!IPAddress.TryParse(Host, out var address))
        {
            yield return new ValidationResult(
                $"{Section}:{nameof(Host)} is '{Host}'; the embedded broker needs an IP address to listen on.", [nameof(Host)]);
        }
        else if (!IPAddress.IsLoopback(address) && string.IsNullOrEmpty(UserName) && !RequireCertificate && !AllowAnonymous)
        {
            yield return new ValidationResult(
                $"{Section}:{nameof(Host)} is '{Host}', which others can reach: set {nameof(Tls)} and {nameof(RequireCertificate)}, or {nameof(UserName)} and {nameof(PasswordFile)}, "
                + $"or {nameof(AllowAnonymous)} to let anyone in.",
                [nameof(Host)]);
        }
    }
}
