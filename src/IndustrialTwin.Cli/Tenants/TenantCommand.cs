using System.CommandLine;
using System.Globalization;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Tenants;

/// <summary><c>itwin tenant</c>: whose sites are whose, and how much they may use.</summary>
internal sealed class TenantCommand : Command
{
    public TenantCommand(Terminal terminal)
        : base("tenant", "Tenants: which sites are theirs, and their quotas.")
    {
        Subcommands.Add(Set(terminal));
        Subcommands.Add(List(terminal));
    }

    private static Command Set(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The tenant's name." };
        var sites = new Option<string[]>("--site") { Description = "A site of the tenant's; give it once for each.", HelpName = "site", Required = true };
        var samples = new Option<double?>("--samples-per-second") { Description = "Samples a second that are accepted; without it there is no limit.", HelpName = "number" };
        var compute = new Option<double?>("--compute-seconds-per-day") { Description = "Seconds of launches in a day (UTC); without it there is no limit.", HelpName = "number" };
        var machines = new Option<int?>("--machines") { Description = "Machines that it may declare; without it there is no limit.", HelpName = "number" };
        var command = new Command("set", "Makes a tenant, or changes it as a whole.") { name, sites, samples, compute, machines };
        var grid = new GridOptions(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var tenant = new Tenant(parsed.GetValue(name)!, parsed.GetValue(sites)!, parsed.GetValue(samples), parsed.GetValue(compute), parsed.GetValue(machines));
            var set = connection.Grains.GetGrain<ITenantGrain>(ITenantGrain.Key).Set(tenant);
            await connection.CallAsync(set.ContinueWith(done => done.IsCompletedSuccessfully ? 0 : throw done.Exception!.GetBaseException(), TaskScheduler.Default), "The tenant", cancellationToken);
            await terminal.Out.WriteLineAsync($"Tenant {tenant.Name} has {string.Join(", ", tenant.Sites)}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "Lists the tenants.");
        var grid = new GridOptions(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var tenants = await connection.CallAsync(connection.Grains.GetGrain<ITenantGrain>(ITenantGrain.Key).List(), "The tenants", cancellationToken);
            await TextTable.WriteAsync(
                terminal.Out,
                ["NAME", "SITES", "SAMPLES/S", "COMPUTE S/DAY", "MACHINES"],
                tenants.Select(tenant => (string[])[tenant.Name, string.Join(' ', tenant.Sites), Text(tenant.SamplesPerSecond), Text(tenant.ComputeSecondsPerDay), Text(tenant.Machines)]));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Text(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
