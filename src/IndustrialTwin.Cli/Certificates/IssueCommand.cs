using System.CommandLine;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Certificates;

/// <summary><c>itwin certificates issue</c>: one more certificate, or a new one in an old one's place.</summary>
internal sealed class IssueCommand : Command
{
    private readonly Argument<string> _kind = new("kind") { Description = "Whose: a silo's, a client's of twins, an MQTT device's, or another server's, such as a broker's." };
    private readonly Argument<string[]> _names = new("name")
    {
        Description = "silo, server: its host names and addresses. client: a name. device: the key of the machine, line or site that it speaks for.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _out = new("--out") { Description = "Where it is put; a silo that reads that folder takes it without a restart.", HelpName = "folder" };

    public IssueCommand(Terminal terminal)
        : base("issue", "Issues a certificate of the authority that 'init' made.")
    {
        _kind.AcceptOnlyFromAmong("silo", "client", "device", "server");
        Arguments.Add(_kind);
        Arguments.Add(_names);
        var folder = new AuthorityFolder(this);
        var issue = new IssueOptions(this);
        Options.Add(_out);
        SetAction(async (parsed, cancellationToken) =>
        {
            var (kind, names) = (parsed.GetValue(_kind)!, parsed.GetValue(_names)!);
            var path = parsed.GetValue(_out) ?? Path.Combine(folder.Path(parsed), $"{kind}-{names[0].Replace('/', '-').Replace(':', '-')}");
            using var authority = folder.Open(parsed);
            AuthorityFolder.Save(Issue(authority, kind, names, issue.Cluster(parsed), issue.Life(parsed)), path);
            await terminal.Out.WriteLineAsync(path.AsMemory(), cancellationToken);
            return ExitCode.Done;
        });
    }

    private static IssuedCertificate Issue(CertificateAuthority authority, string kind, string[] names, string cluster, TimeSpan life)
    {
        var now = TimeProvider.System.GetUtcNow();
        return kind switch
        {
            "silo" => authority.Silo(cluster, IssueOptions.Hosts(names), now, life),
            "server" => authority.Server(IssueOptions.Hosts(names), now, life),
            "client" => authority.Client(cluster, Single(kind, names), now, life),
            _ => authority.Device(Key(Single(kind, names)), now, life),
        };
    }

    private static string Single(string kind, string[] names) => names is [{ Length: > 0 and <= 64 } name]
        ? name
        : throw new CommandFault($"A {kind} has one name of 1 to 64 characters; given was '{string.Join(' ', names)}'.", ExitCode.Usage);

    private static string Key(string key) => MachineKey.TryParse(key, out _) || LineKey.TryParse(key, out _) || SiteKey.TryParse(key, out _)
        ? key
        : throw new CommandFault($"'{key}' is no key of a machine, line or site; expected a form like wuhan/line-3/press-07, wuhan/line-3 or wuhan.", ExitCode.Usage);
}
