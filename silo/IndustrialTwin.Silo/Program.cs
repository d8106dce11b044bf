using IndustrialTwin.Dashboard;
using IndustrialTwin.Health;
using IndustrialTwin.Hosting;
using IndustrialTwin.Starting;

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddSilo();
    await using var app = builder.Build();
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
