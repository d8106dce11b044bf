using IndustrialTwin.Dashboard;
using IndustrialTwin.Health;
using IndustrialTwin.Hosting;
using IndustrialTwin.Starting;

try
{
    var (migrates, makesKey) = (args is [MigrateCommand.Name, ..], args is [KeyCommand.Name, ..]);
    var backs = args.Length > 0 && BackupCommand.Names.Contains(args[0]);
    var purges = args is [PurgeCommand.Name, ..];
    var named = (backs || purges) && args.Length > 1 && !args[1].StartsWith('-') ? args[1] : null;
    var settings = args[(migrates || makesKey ? 1 : backs || purges ? (named is null ? 1 : 2) : 0)..];
    settings = purges ? [.. settings.Where(setting => setting != PurgeCommand.Yes)] : settings;
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = settings, ContentRootPath = AppContext.BaseDirectory });
    if (backs)
    {
        await BackupCommand.RunAsync(args[0], named, builder.Configuration, Console.Out);
        return 0;
    }

    if (purges)
    {
        await PurgeCommand.RunAsync(named, args.Contains(PurgeCommand.Yes), builder.Configuration, Console.Out);
        return 0;
    }

    if (migrates)
    {
        await MigrateCommand.RunAsync(builder.Configuration, Console.Out);
        return 0;
    }

    if (makesKey)
    {
        await KeyCommand.RunAsync(builder.Configuration, Console.Out);
        return 0;
    }

    builder.AddSilo();
    await using var app = builder.Build();
    app.UseHsts(); // Only where HTTP is encrypted, and not on loopback.
    app.UseAccess();
    app.MapDashboard();
    app.MapHealth();
    app.MapPrometheusScrapingEndpoint("/metrics");
    await app.RunAsync();
}
catch (Exception fault)
{
    await Console.Error.WriteLineAsync(StartFault.Sentence(fault) is { } sentence
        ? $"IndustrialTwin cannot start. {sentence}"
        : $"IndustrialTwin ended with an error that it does not know. {fault}");
    return 1;
}

await Console.Out.WriteLineAsync("IndustrialTwin has stopped. Everything that was acknowledged is stored.");
return 0;
