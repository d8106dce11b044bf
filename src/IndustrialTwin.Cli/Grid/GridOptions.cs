using System.CommandLine;
using IndustrialTwin.Certificates;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Grid;

/// <summary>The options of every command that calls twins.</summary>
internal sealed class GridOptions
{
    private const int GatewayPort = 30_000;
    private const string KeyVariable = "ITWIN_KEY";

    private readonly Option<Endpoint> _gateway = EndpointOption.Create("--gateway", "The silo's gateway.", GatewayPort);
    private readonly Option<string> _clusterId = Id("--cluster-id", "The cluster's id, as the silo has it.");
    private readonly Option<string> _serviceId = Id("--service-id", "The service's id, as the silo has it.");
    private readonly Option<TimeSpan> _timeout = TimeOption.Create("--timeout", "How long to wait for a connection or an answer.", TimeSpan.FromSeconds(30));

    private readonly Option<string?> _keyFile = new("--key-file")
    {
        Description = $"A file with the access key or token to sign in with, where the grid asks for one; else the environment's {KeyVariable} is taken.", HelpName = "file",
    };

    public GridOptions(Command command)
    {
        command.Options.Add(_gateway);
        command.Options.Add(_clusterId);
        command.Options.Add(_serviceId);
        command.Options.Add(_timeout);
        command.Options.Add(_keyFile);
    }

    public TimeSpan Timeout(ParseResult parsed) => parsed.GetValue(_timeout);

    /// <summary>Connects to the grid that the command line names.</summary>
    /// <exception cref="CommandFault">It cannot be reached.</exception>
    public Task<GridConnection> ConnectAsync(ParseResult parsed, CancellationToken cancellationToken) => GridConnection.OpenAsync(
        parsed.GetValue(_gateway)!, parsed.GetValue(_clusterId)!, parsed.GetValue(_serviceId)!, Timeout(parsed), cancellationToken, CertificatesOption.Open(parsed),
        Credential(parsed.GetValue(_keyFile)));

    /// <summary>Never an option's value: command lines are seen by who lists processes, and kept by shells.</summary>
    private static string Credential(string? file)
    {
        try
        {
            return (file is null ? Environment.GetEnvironmentVariable(KeyVariable) : File.ReadAllText(file))?.Trim() ?? string.Empty;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault($"--key-file is '{file}', which cannot be read ({fault.Message.TrimEnd('.')}).", ExitCode.Usage, fault);
        }
    }

    private static Option<string> Id(string name, string description) =>
        new(name) { Description = description, HelpName = "id", DefaultValueFactory = _ => "industrialtwin" };
}
