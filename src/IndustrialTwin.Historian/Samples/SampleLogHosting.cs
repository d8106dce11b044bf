using IndustrialTwin.Samples.Postgres;
using IndustrialTwin.Samples.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Samples;

/// <summary>Puts the durable log into a host.</summary>
public static class SampleLogHosting
{
    /// <summary>Adds the log that the options name. Its schema is brought up to date before any other hosted part starts.</summary>
    public static IServiceCollection AddSampleLog(this IServiceCollection services, Action<SampleLogOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<SampleLogOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<ILogStore>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<SampleLogOptions>>().Value;
            return options.Engine == SampleLogEngine.Sqlite ? new SqliteLogStore(options.SqlitePath) : new PostgresLogStore(options.ConnectionString);
        });
        services.TryAddSingleton<ISampleLog, SampleLog>();
        services.AddHostedService<SampleLogStart>();
        return services;
    }

    /// <summary>Opens a log outside of a host; dispose it to close it.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    public static async Task<ISampleLog> OpenAsync(SampleLogOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ILogStore store = options.Engine == SampleLogEngine.Sqlite ? new SqliteLogStore(options.SqlitePath) : new PostgresLogStore(options.ConnectionString);
        await store.MigrateAsync(cancellationToken);
        return new SampleLog(store, Options.Create(options), Microsoft.Extensions.Logging.Abstractions.NullLogger<SampleLog>.Instance);
    }
}

/// <summary>Brings the schema up to date before twins wake up.</summary>
internal sealed class SampleLogStart(ILogStore store) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => store.MigrateAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
