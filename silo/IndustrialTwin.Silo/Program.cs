using IndustrialTwin.Dashboard;
using IndustrialTwin.Health;
using IndustrialTwin.Hosting;
using IndustrialTwin.Starting;

try
{
    var (migrates, makesKey) = (args is [MigrateCommand.Name, ..], args is [KeyCommand.Name, ..]);
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = migrates || makesKey ? args[1..] : args, ContentRootPath = AppContext.BaseDirectory });
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
