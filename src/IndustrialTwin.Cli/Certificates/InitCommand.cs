using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Certificates;

/// <summary><c>itwin certificates init</c>: an authority of one's own, and the first certificates from it.</summary>
internal sealed class InitCommand : Command
{
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3_650);

    public InitCommand(Terminal terminal)
        : base("init", "Makes an authority, and a certificate for a silo and one for this command line. In Kubernetes cert-manager does this.")
    {
        var folder = new AuthorityFolder(this);
        var issue = new IssueOptions(this);
        var hosts = new Option<string[]>("--host")
        {
            Description = "A name or an address under which the silo is reached; may be given several times. This computer's name and loopback are always there.",
            HelpName = "host",
        };
        Options.Add(hosts);
        SetAction(async (parsed, cancellationToken) =>
        {
            var names = IssueOptions.Hosts(["localhost", "127.0.0.1", "::1", Environment.MachineName.ToLowerInvariant(), .. parsed.GetValue(hosts) ?? []]);
            var now = TimeProvider.System.GetUtcNow();
            using var authority = folder.Create(parsed, now, AuthorityLife);
            var (path, cluster, life) = (folder.Path(parsed), issue.Cluster(parsed), issue.Life(parsed));
            AuthorityFolder.Save(authority.Silo(cluster, names, now, life), Path.Combine(path, "silo"));
            AuthorityFolder.Save(authority.Client(cluster, "itwin", now, life), Path.Combine(path, "client"));
            await terminal.Out.WriteLineAsync($"""
                {path}/authority  the authority; keep ca.key off the silo's computer, since who has it can be anyone
                {path}/silo       for the silo: Certificates__Folder={Path.GetFullPath(Path.Combine(path, "silo"))} Cluster__Tls=true Mqtt__Tls=true Urls=https://localhost:8443
                {path}/client     for this command line: --certificates {path}/client
                They are valid for {life.TotalDays} days. 'itwin certificates issue' renews them and makes more.
                """.AsMemory(), cancellationToken);
            return ExitCode.Done;
        });
    }
}
