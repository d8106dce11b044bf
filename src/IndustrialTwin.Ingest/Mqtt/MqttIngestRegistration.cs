using IndustrialTwin.Controls;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Mqtt;

/// <summary>Adds the MQTT ingest to a host.</summary>
public static class MqttIngestRegistration
{
    /// <summary>
    /// Adds the ingest, with <see cref="MqttOptions"/> from <paramref name="configuration"/>'s section <see cref="MqttOptions.Section"/>.
    /// The host must also have an <see cref="IQuarantine"/> and an <see cref="IGrainFactory"/>; add the ingest after the silo, so that
    /// it starts after it and stops before it.
    /// </summary>
    public static IServiceCollection AddMqttIngest(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<MqttOptions>()
            .Bind(configuration.GetSection(MqttOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISampleObserver, GrainSampleObserver>();
        services.TryAddSingleton<IngestInstruments>();
        services.TryAddSingleton<SampleIntake>();
        services.TryAddSingleton<IMqttBroker>(provider => provider.GetRequiredService<IOptions<MqttOptions>>().Value.Mode switch
        {
            MqttMode.External => ActivatorUtilities.CreateInstance<ExternalBroker>(provider),
            _ => ActivatorUtilities.CreateInstance<EmbeddedBroker>(provider),
        });
        services.Replace(ServiceDescriptor.Singleton<ICommandSink, MqttCommands>());
        services.TryAddSingleton<MqttIngest>();
        services.TryAddSingleton<IMqttIngest>(provider => provider.GetRequiredService<MqttIngest>());
        services.AddHostedService(provider => provider.GetRequiredService<MqttIngest>());
        return services;
    }
}
