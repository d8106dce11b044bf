using System.CommandLine;
using System.Globalization;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Tenants;

/// <summary><c>itwin meter</c>: what a tenant used, counted out of the durable log.</summary>
internal sealed class MeterCommand : Command
{
    public MeterCommand(Terminal terminal)
        : base("meter", "Counts what a tenant used in a stretch of time, out of the durable log alone: counted again it is the same.")
    {
        var tenant = new Option<string>("--tenant") { Description = "The tenant.", HelpName = "name", Required = true };
        var from = TimeText.Create("--from", "The first time.", isRequired: true);
        var to = TimeText.Create("--to", "The time after the last, a minute ago or earlier.", isRequired: true);
        Options.Add(tenant);
        Options.Add(from);
        Options.Add(to);
        var grid = new GridOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var reading = await connection.CallAsync(
                connection.Grains.GetGrain<ITenantGrain>(ITenantGrain.Key).Meter(parsed.GetValue(tenant)!, parsed.GetValue(from)!.Value, parsed.GetValue(to)!.Value), "The meter", cancellationToken);
            await TextTable.WriteAsync(
                terminal.Out,
                ["SITE", "BATCHES", "SAMPLES", "STORED BYTES", "COMPUTE REQUESTS", "COMPUTE S"],
                reading.Sites.Select(site => Row(site.Site, site)).Append(Row("total", new SiteUsage(
                    string.Empty, reading.Sites.Sum(site => site.Batches), reading.Sites.Sum(site => site.Samples), reading.Sites.Sum(site => site.StoredBytes),
                    reading.Sites.Sum(site => site.ComputeRequests), reading.Sites.Sum(site => site.ComputeUs)))));
            return ExitCode.Done;
        });
    }

    private static string[] Row(string name, SiteUsage usage) =>
    [
        name, Text(usage.Batches), Text(usage.Samples), Text(usage.StoredBytes), Text(usage.ComputeRequests),
        (usage.ComputeUs / 1e6).ToString("0.000000", CultureInfo.InvariantCulture),
    ];

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
