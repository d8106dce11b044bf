using System.CommandLine;
using System.CommandLine.Parsing;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Identities;

/// <summary><c>itwin key</c>: gives out access keys, lists them and takes them back.</summary>
internal sealed class KeyCommand : Command
{
    public KeyCommand(Terminal terminal)
        : base("key", "Access keys for people, applications and devices: makes, lists and revokes them.")
    {
        Subcommands.Add(Create(terminal));
        Subcommands.Add(List(terminal));
        Subcommands.Add(Revoke(terminal));
    }

    private static Command Create(Terminal terminal)
    {
        var name = new Option<string>("--name") { Description = "Who or what will hold it.", HelpName = "name", Required = true };
        var role = new Option<Role>("--role") { Description = "viewer, operator, engineer, administrator or device.", HelpName = "role", Required = true, CustomParser = ReadRole };
        var scope = new Option<string>("--scope") { Description = "A site, a line such as wuhan/line-3, a machine for a device, or * for all.", HelpName = "key", Required = true };
        var tenant = new Option<string?>("--tenant") { Description = "The tenant that it belongs to.", HelpName = "name" };
        var expires = TimeText.Create("--expires", "Until when it counts.", isRequired: false);
        var command = new Command("create", "Makes an access key and shows it, once: only its hash is kept.") { name, role, scope, tenant, expires };
        var grid = new GridOptions(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var request = new AccessKeyRequest(parsed.GetValue(name)!, parsed.GetValue(role), parsed.GetValue(scope)!, parsed.GetValue(tenant), parsed.GetValue(expires));
            var created = await connection.CallAsync(Keys(connection).Create(request), "The access key", cancellationToken);
            await terminal.Out.WriteLineAsync(created.Secret);
            await terminal.Error.WriteLineAsync($"Key {created.Key.Id} of '{created.Key.Name}': {Text(created.Key.Role)} of {created.Key.Scope}. It is not shown again.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "Lists the access keys, without their secrets.");
        var grid = new GridOptions(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var keys = await connection.CallAsync(Keys(connection).List(), "The access keys", cancellationToken);
            await TextTable.WriteAsync(
                terminal.Out,
                ["ID", "NAME", "ROLE", "SCOPE", "TENANT", "CREATED", "EXPIRES", "REVOKED"],
                keys.Select(key => (string[])[key.Id, key.Name, Text(key.Role), key.Scope, key.Tenant ?? "-", TimeText.Of(key.CreatedUs), TimeText.Of(key.ExpiresUs), TimeText.Of(key.RevokedUs)]));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Revoke(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "The key's id, as list shows it." };
        var command = new Command("revoke", "Makes an access key count no more.") { id };
        var grid = new GridOptions(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            if (!await connection.CallAsync(Keys(connection).Revoke(parsed.GetValue(id)!), "The access key", cancellationToken))
            {
                throw new CommandFault($"There is no access key '{parsed.GetValue(id)}' that counts.", ExitCode.Refused);
            }

            await terminal.Out.WriteLineAsync($"Key {parsed.GetValue(id)} counts no more.");
            return ExitCode.Done;
        });
        return command;
    }

    private static IAccessKeyGrain Keys(GridConnection connection) => connection.Grains.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key);

    private static string Text(Role role) => role.ToString().ToLowerInvariant();

    private static Role ReadRole(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (char.IsLetter(text[0]) && Enum.TryParse<Role>(text, ignoreCase: true, out var role) && role != Role.None)
        {
            return role;
        }

        result.AddError($"'{text}' is no role; expected viewer, operator, engineer, administrator or device.");
        return Role.None;
    }
}
