using System.CommandLine;
using System.Net;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Certificates;

/// <summary>For which cluster, and for how long, certificates are issued.</summary>
internal sealed class IssueOptions
{
    private readonly Option<string> _cluster = new("--cluster-id")
    {
        Description = "The cluster's id, which stands in the names of silos and clients.",
        HelpName = "id",
        DefaultValueFactory = _ => "industrialtwin",
    };

    private readonly Option<int> _days = new("--days") { Description = "How long they are valid, 1 to 3,650.", HelpName = "days", DefaultValueFactory = _ => 90 };

    public IssueOptions(Command command)
    {
        command.Options.Add(_cluster);
        command.Options.Add(_days);
        _days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3_650)
            {
                result.AddError($"--days is {result.GetValueOrDefault<int>()}; expected 1 to 3650.");
            }
        });
        _cluster.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } id && !CertificateNames.IsCluster(id))
            {
                result.AddError($"--cluster-id is '{id}'; expected letters, digits, hyphens and dots, since it stands in a certificate's name.");
            }
        });
    }

    public string Cluster(ParseResult parsed) => parsed.GetValue(_cluster)!;

    public TimeSpan Life(ParseResult parsed) => TimeSpan.FromDays(parsed.GetValue(_days));

    /// <summary>Host names and addresses as they may stand in a certificate.</summary>
    /// <exception cref="CommandFault">One may not.</exception>
    public static IReadOnlyList<string> Hosts(IEnumerable<string> hosts) => [.. hosts.Select(host =>
        IPAddress.TryParse(host, out _) || CertificateNames.IsCluster(host)
            ? host
            : throw new CommandFault($"'{host}' is no host; expected a name like edge-1.example or an address.", ExitCode.Usage))];
}
