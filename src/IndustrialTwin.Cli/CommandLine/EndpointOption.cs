using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace IndustrialTwin.CommandLine;

/// <summary>Options that take <c>host:port</c>; an IPv6 address stands in brackets.</summary>
internal static class EndpointOption
{
    public static Option<Endpoint> Create(string name, string description, int port) => new(name)
    {
        Description = description,
        HelpName = "host:port",
        DefaultValueFactory = _ => new Endpoint("127.0.0.1", port),
        CustomParser = Read,
    };

    private static Endpoint? Read(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon].TrimStart('[').TrimEnd(']') : string.Empty;
        if (Uri.CheckHostName(host) != UriHostNameType.Unknown
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort)
        {
            return new Endpoint(host, port);
        }

        result.AddError($"{result.Argument.Name}: '{text}' is no endpoint; expected a form like 127.0.0.1:1883 or broker.example:1883.");
        return null;
    }
}
