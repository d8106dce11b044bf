using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace IndustrialTwin.Demonstration;

/// <summary>Adds the demonstration plant to a host.</summary>
public static class DemonstrationRegistration
{
    /// <summary>
    /// Adds the plant's machines, with <see cref="DemonstrationOptions"/> from <paramref name="configuration"/>'s section
    /// <see cref="DemonstrationOptions.Section"/>. The host needs the MQTT ingest, added before.
    /// </summary>
    public static IServiceCollection AddDemonstration(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<DemonstrationOptions>()
            .Bind(configuration.GetSection(DemonstrationOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddHostedService<DemonstrationRunner>();
        return services;
    }
}
