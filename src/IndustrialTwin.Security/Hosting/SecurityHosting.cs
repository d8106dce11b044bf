using IndustrialTwin.Audit;
using IndustrialTwin.Identities;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Serialization.Configuration;

namespace IndustrialTwin.Hosting;

/// <summary>Puts a silo's door in.</summary>
public static class SecurityHosting
{
    /// <summary>Adds a door that stands open, for a silo that only its own computer reaches. No call is looked at, and none costs anything.</summary>
    public static IServiceCollection AddOpenAccess(this IServiceCollection services) => services.AddSingleton<IAccess, OpenAccess>();

    /// <summary>
    /// Adds a door where everybody has to sign in, and stands it before every grain method. The host registers an
    /// <see cref="IAccessStore"/>, an <see cref="IAuditLog"/> and an <see cref="ISiloCount"/>, and configures <see cref="SecurityOptions"/>;
    /// encryption, where there is any, is put in before.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="clusterKeys">The cluster's keys, the one that signs first.</param>
    public static ISiloBuilder AddRequiredAccess(this ISiloBuilder silo, IReadOnlyList<byte[]> clusterKeys)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var services = silo.Services;
        services.AddSingleton(new PassSeal(clusterKeys));
        services.AddSingleton<AccessBook>();
        services.AddHostedService(provider => provider.GetRequiredService<AccessBook>());
        services.AddSingleton<ITokenProvider, JwtProvider>();
        services.AddSingleton<AuditGate>();
        services.AddSingleton<CallRates>();
        services.AddSingleton<SignInTries>();
        services.AddSingleton<SessionUses>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionUses>());
        services.AddSingleton<Access>();
        services.AddSingleton<IAccess>(provider => provider.GetRequiredService<Access>());
        services.AddSingleton<Quotas>();
        services.AddSingleton<IQuotas>(provider => provider.GetRequiredService<Quotas>());
        services.AddHostedService(provider => provider.GetRequiredService<Quotas>());
        services.AddSingleton<GatewayConnections>();
        services.AddSingleton<StandingClients>();
        services.AddHostedService(provider => provider.GetRequiredService<StandingClients>());
        services.AddKeyedSingleton<IControllable>(StandingClients.Name, (provider, _) => provider.GetRequiredService<StandingClients>());
        services.Configure<TypeManifestOptions>(types => types.AllowedTypes.Add(typeof(StandingClients).FullName!));
        services.AddOptions<SiloConnectionOptions>().Configure<GatewayConnections>((connections, standing) =>
            connections.ConfigureGatewayInboundConnection(connection => connection.Use(next => context => standing.WelcomeAsync(context, next))));
        silo.AddIncomingGrainCallFilter<GrainAccessFilter>();
        silo.AddOutgoingGrainCallFilter<SiloPassFilter>();
        return silo;
    }
}
