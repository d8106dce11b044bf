using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.Certificates;
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
    private readonly string? _scope;

    private TopicAccess(string holder, string? scope) => (Holder, _scope) = (holder, scope);

    /// <summary>Who it is, in words.</summary>
    internal string Holder { get; }

    /// <summary>Of one who came with the silo's own certificate, the user name or, where that is allowed, with nothing.</summary>
    internal static TopicAccess Whole(string holder) => new(holder, null);

    /// <summary>Of one who came with a device's certificate; null where it names no machine, line or site.</summary>
    internal static TopicAccess? Of(X509Certificate2 certificate)
    {
        if (CertificateNames.IsProgram(certificate) || CertificateNames.Common(certificate) is not { } name)
        {
            return null;
        }

        return MachineKey.TryParse(name, out _) || LineKey.TryParse(name, out _) || SiteKey.TryParse(name, out _)
            ? new TopicAccess(name, $"{SampleTopic.Prefix}{name}/")
            : null;
    }

    internal bool CanPublish(string topic)
    {
        if (SampleTopic.IsSamples(topic))
        {
            return _scope is null || topic.StartsWith(_scope, StringComparison.Ordinal);
        }

        return _scope is null && !topic.StartsWith(SampleTopic.Prefix, StringComparison.Ordinal);
    }

    internal bool CanSubscribe(string filter) => _scope is null || filter.StartsWith(_scope, StringComparison.Ordinal);
}
