using IndustrialTwin.Accelerators;
using IndustrialTwin.Alarms;
using IndustrialTwin.Identities;
using IndustrialTwin.Lines;
using IndustrialTwin.Live;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Pages;
using IndustrialTwin.Problems;
using IndustrialTwin.Sites;
using IndustrialTwin.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Dashboard;

/// <summary>Puts the dashboard into a host that is a silo or a client of the grid.</summary>
public static class DashboardHosting
{
    /// <summary>The prefix of the HTTP API.</summary>
    public const string ApiPrefix = "/api/v1";

    /// <summary>Adds what the dashboard needs. The host registers <see cref="IGrainFactory"/>, as silos and cluster clients do.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services, Action<DashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<DashboardOptions>().BindConfiguration(DashboardOptions.Section).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DashboardOptions>, DashboardOptionsRules>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AccessGate>();
        services.TryAddSingleton<GridReader>();
        services.TryAddSingleton<OverviewFeed>();
        services.TryAddSingleton<MachineFeed>();
        services.TryAddSingleton<LiveFeeds>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LiveFeedsEnd>());
        return services;
    }

    /// <summary>Stands before everything that the host answers over HTTP, where an <see cref="IAccess"/> says that one has to sign in.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var gate = app.ApplicationServices.GetRequiredService<AccessGate>();
        return app.Use(gate.InvokeAsync);
    }

    /// <summary>Maps the page to <c>/</c> and the HTTP API to <see cref="ApiPrefix"/>; answers a builder for both, for authorisation.</summary>
    public static RouteGroupBuilder MapDashboard(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var all = endpoints.MapGroup(string.Empty);
        all.MapPage();

        var api = all.MapGroup(ApiPrefix);
        api.AddEndpointFilter<GridFaultFilter>();
        api.MapSites();
        api.MapLines();
        api.MapMachines();
        api.MapAlarms();
        api.MapNodes();
        api.MapAccelerators();
        api.MapQueues();
        api.MapLive();
        api.MapSession();
        api.MapSessions();
        api.MapFallback("{**path}", (HttpContext context) => Problem.NotFound(
            context.Request.Path,
            "request",
            $"{context.Request.Method} {context.Request.Path}",
            $"GET of a resource under {ApiPrefix}: sites, lines, machines, alarms, nodes, accelerators, live, sessions; POST of an alarm's acknowledge, shelve or unshelve; or DELETE of sessions"));
        return all;
    }
}
