using System.CommandLine;
using System.CommandLine.Parsing;
using IndustrialTwin.Certification;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Drivers;

/// <summary><c>itwin driver certify</c>: whether a driver does all that a silo relies on.</summary>
internal sealed class CertifyCommand : Command
{
    private readonly Option<string?> _socket = new("--socket") { Description = "Absolute path of the Unix domain socket of a driver in another process.", HelpName = "path" };
    private readonly Option<uint?> _user = new("--user-id") { Description = "Number of the user that the driver behind the socket runs as, where it is not this one.", HelpName = "number" };
    private readonly Option<string?> _assembly = new("--assembly") { Description = "The assembly of a driver for this process.", HelpName = "file" };
    private readonly Option<string?> _type = new("--type") { Description = "Full name of the driver's class in the assembly.", HelpName = "name" };
    private readonly Option<string[]> _settings = new("--setting") { Description = "A setting for the driver's class; may be given several times.", HelpName = "name=value" };
    private readonly Argument<string[]> _command = new("command")
    {
        Description = "Behind --: the command that starts the driver. It is then started, killed, and started again.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public CertifyCommand(Terminal terminal)
        : base("certify", "Runs the conformance suite against a driver: what it computes, and how it bears what it may meet.")
    {
        Options.Add(_socket);
        Options.Add(_user);
        Options.Add(_assembly);
        Options.Add(_type);
        Options.Add(_settings);
        Arguments.Add(_command);
        Validators.Add(Validate);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, terminal, cancellationToken));
    }

    private void Validate(CommandResult result)
    {
        var (socket, assembly, type) = (result.GetValue(_socket), result.GetValue(_assembly), result.GetValue(_type));
        if (socket is null == assembly is null)
            result.AddError("Either --socket or --assembly is expected.");
        if (assembly is null != type is null)
            result.AddError("--assembly and --type are expected together.");
        if (assembly is not null && result.GetValue(_command) is { Length: > 0 })
            result.AddError("A command starts a driver behind a --socket; a driver in an --assembly needs none.");
        if (result.GetValue(_settings)?.FirstOrDefault(setting => setting.IndexOf('=', StringComparison.Ordinal) < 1) is { } bad)
            result.AddError($"--setting '{bad}' is no setting; expected a form like name=value.");
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        try
        {
            await using var process = ProcessOf(parsed);
            var certification = parsed.GetValue(_socket) is null
                ? new DriverCertification(DriverAssembly.Load(parsed.GetValue(_assembly)!, parsed.GetValue(_type)!, Settings(parsed)))
                : new DriverCertification(SocketOf(parsed), process);
            await foreach (var finding in certification.RunAsync(cancellationToken))
            {
                findings.Add(finding);
                await terminal.Error.WriteLineAsync($"{findings.Count,3}  {finding.Subject} …");
            }
        }
        catch (Exception fault) when (fault is DriverException or ArgumentException)
        {
            throw new CommandFault(fault.Message, ExitCode.Refused, fault);
        }

        await TextTable.WriteAsync(terminal.Out, ["verdict", "check", "finding"], findings.Select(finding => (string[])[Word(finding.Verdict), finding.Subject, finding.Detail]));
        var (failed, open) = (findings.Count(finding => finding.Verdict == Verdict.Failed), findings.Count(finding => finding.Verdict == Verdict.NotChecked));
        await terminal.Out.WriteLineAsync(failed == 0
            ? $"Certified: {findings.Count - open} checks passed{(open > 0 ? $", {open} not checked" : "")}."
            : $"Not certified: {failed} of {findings.Count} checks failed.");
        return failed == 0 ? ExitCode.Done : ExitCode.Refused;
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Failed => "FAILED",
        _ => "not checked",
    };

    private DriverProcess? ProcessOf(ParseResult parsed) =>
        parsed.GetValue(_command) is { Length: > 0 } command ? new DriverProcess(command, SocketOf(parsed)) : null;

    private SocketOptions SocketOf(ParseResult parsed)
    {
        var options = new SocketOptions { Path = parsed.GetValue(_socket)!, UserId = parsed.GetValue(_user) };
        options.Validate();
        return options;
    }

    private Dictionary<string, string> Settings(ParseResult parsed)
    {
        var settings = new Dictionary<string, string>();
        foreach (var setting in parsed.GetValue(_settings) ?? [])
        {
            var at = setting.IndexOf('=', StringComparison.Ordinal);
            settings[setting[..at]] = setting[(at + 1)..];
        }

        return settings;
    }
}
