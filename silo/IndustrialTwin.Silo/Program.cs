using IndustrialTwin.Dashboard;
using IndustrialTwin.Health;
using IndustrialTwin.Hosting;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddSilo();

var app = builder.Build();
app.MapDashboard();
app.MapHealth();
app.MapPrometheusScrapingEndpoint("/metrics");
await app.RunAsync();
