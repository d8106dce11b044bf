using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>
/// The MQTT topics: a machine's samples come on <c>itwin/v1/{site}/{line}/{machine}/samples</c>, and what could not be used goes
/// out on <c>itwin/v1/quarantine/{reason}</c>.
/// </summary>
public static class SampleTopic
{
    /// <summary>What all topics begin with; the number is the version of the payload's form.</summary>
    public const string Prefix = "itwin/v1/";

    /// <summary>What the topics of samples end with.</summary>
    public const string Suffix = "/samples";

    /// <summary>The filter that matches every machine's samples.</summary>
    public const string Filter = "itwin/v1/+/+/+/samples";

    /// <summary>The group that silos share a subscription in unless they are told another.</summary>
    public const string DefaultShareGroup = "itwin";

    /// <summary>The filter of the default shared subscription: each message goes to one of the silos.</summary>
    public const string SharedFilter = "$share/" + DefaultShareGroup + "/" + Filter;

    /// <summary>What the topics of quarantine begin with.</summary>
    public const string QuarantinePrefix = "itwin/v1/quarantine/";

    /// <summary>The filter that matches quarantine for every reason.</summary>
    public const string QuarantineFilter = "itwin/v1/quarantine/+";

    /// <summary>The MQTT 5 user property that carries the W3C trace context.</summary>
    public const string TraceParentProperty = "traceparent";

    /// <summary>The topic of a machine's samples.</summary>
    public static string Of(MachineKey machine) => string.Concat(Prefix, machine.Value, Suffix);

    /// <summary>The topic of what was put in quarantine for a reason: <c>itwin/v1/quarantine/unknown-machine</c>.</summary>
    public static string OfQuarantine(QuarantineReason reason) => QuarantinePrefix + Kebab(reason.ToString());

    /// <summary>The filter of a shared subscription in a group of its own.</summary>
    /// <exception cref="ArgumentException">The group is empty or holds <c>/</c>, <c>+</c> or <c>#</c>, which MQTT 5 forbids.</exception>
    public static string SharedFilterOf(string group)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        return group.AsSpan().ContainsAny('/', '+', '#')
            ? throw new ArgumentException($"The share group '{group}' may not hold '/', '+' or '#'.", nameof(group))
            : $"$share/{group}/{Filter}";
    }

    /// <summary>Whether a topic is meant for samples, be its machine key good or not.</summary>
    public static bool IsSamples(ReadOnlySpan<char> topic) =>
        topic.Length >= Prefix.Length + Suffix.Length && topic.StartsWith(Prefix) && topic.EndsWith(Suffix);

    /// <summary>Reads the machine out of a topic of samples, answering false where the topic is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> topic, out MachineKey machine)
    {
        machine = default;
        return IsSamples(topic) && MachineKey.TryParse(topic[Prefix.Length..^Suffix.Length], null, out machine);
    }

    private static string Kebab(string pascal)
    {
        var kebab = new System.Text.StringBuilder(pascal.Length + 4);
        foreach (var letter in pascal)
        {
            if (char.IsAsciiLetterUpper(letter) && kebab.Length > 0)
            {
                kebab.Append('-');
            }

            kebab.Append(char.ToLowerInvariant(letter));
        }

        return kebab.ToString();
    }
}
