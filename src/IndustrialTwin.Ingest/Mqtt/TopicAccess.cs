using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.Certificates;
using IndustrialTwin.Identities;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Mqtt;

/// <summary>
/// What a client of the embedded broker may do there: speak and listen for the machine, line or site that its certificate names, or
/// for the whole plant. What the silo itself says, commands and quarantine, no client may say.
/// </summary>
internal sealed class TopicAccess
{
    private static readonly TimeSpan PassLifetime = TimeSpan.FromHours(1);

    private readonly Caller _caller;
    private readonly string[]? _scopes;
    private Pass? _pass;
    private long _issued;

    private TopicAccess(string holder, Caller caller)
    {
        (Holder, _caller) = (holder, caller);
        _scopes = caller.IsEverywhere ? null : [.. caller.Scopes.Select(scope => $"{SampleTopic.Prefix}{scope}/")];
    }

    /// <summary>Who it is, in words.</summary>
    internal string Holder { get; }

    /// <summary>Of one who came with the silo's own certificate, the user name or, where that is allowed, with nothing.</summary>
    internal static TopicAccess Whole(string holder) => new(holder, new Caller(holder, holder, Role.Device, [Caller.Everywhere]));

    /// <summary>Of one who came with an access key or a token.</summary>
    internal static TopicAccess Of(Caller caller) => new(caller.Name == caller.Id ? caller.Id : $"{caller.Id} ({caller.Name})", caller);

    /// <summary>Of one who came with a device's certificate; null where it names no machine, line or site.</summary>
    internal static TopicAccess? Of(X509Certificate2 certificate)
    {
        if (CertificateNames.IsProgram(certificate) || CertificateNames.Common(certificate) is not { } name)
        {
            return null;
        }

        return MachineKey.TryParse(name, out _) || LineKey.TryParse(name, out _) || SiteKey.TryParse(name, out _)
            ? new TopicAccess(name, new Caller(name, name, Role.Device, [name]))
            : null;
    }

    internal bool CanPublish(string topic)
    {
        if (SampleTopic.IsSamples(topic))
        {
            return _caller.Has(Role.Device) && IsWithin(topic);
        }

        return _scopes is null && _caller.Has(Role.Device) && !topic.StartsWith(SampleTopic.Prefix, StringComparison.Ordinal);
    }

    internal bool CanSubscribe(string filter) => IsWithin(filter);

    /// <summary>What calls to twins carry for it, so that they meet the same rule as anybody's; null where nobody has to sign in.</summary>
    internal string? Pass(IAccess? door, TimeProvider time)
    {
        if (door is not { IsRequired: true })
        {
            return null;
        }

        if (_pass is not { } pass || time.GetElapsedTime(_issued) > PassLifetime / 2)
        {
            (_pass, _issued) = (pass = door.Issue(_caller, PassLifetime), time.GetTimestamp());
        }

        return pass.Text;
    }

    /// <summary>Whether what it signed in with still does; where nobody has to, it does.</summary>
    internal bool StillCounts(IAccess? door, TimeProvider time) => Pass(door, time) is not { } pass || door!.Verify(pass) is not null;

    private bool IsWithin(string topic) => _scopes is null || Array.Exists(_scopes, scope => topic.StartsWith(scope, StringComparison.Ordinal));
}
