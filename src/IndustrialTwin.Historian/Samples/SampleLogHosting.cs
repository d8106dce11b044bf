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
        services.TryAddSingleton(provider => StoreOf(provider.GetRequiredService<IOptions<SampleLogOptions>>().Value));
        services.TryAddSingleton<ISampleLog, SampleLog>();
        services.TryAddSingleton<LogMeter>();
        services.AddHostedService<SampleLogStart>();
        return services;
    }

    /// <summary>Opens a log outside of a host; dispose it to close it.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    public static async Task<ISampleLog> OpenAsync(SampleLogOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var store = StoreOf(options);
        try
        {
            await store.OpenAsync(cancellationToken);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }

        return new SampleLog(store, Options.Create(options), Microsoft.Extensions.Logging.Abstractions.NullLogger<SampleLog>.Instance);
    }

    /// <summary>Brings a store's schema up to date.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    internal static async Task OpenAsync(this ILogStore store, CancellationToken cancellationToken)
    {
        try
        {
            await store.MigrateAsync(cancellationToken);
        }
        catch (Exception fault) when (store.IsUnavailable(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw new LogUnavailableException($"The durable log could not be opened: {fault.Message}", fault);
        }
    }

    private static ILogStore StoreOf(SampleLogOptions options) => options.Engine == SampleLogEngine.Sqlite
        ? new SqliteLogStore(options.SqlitePath, options.SqliteBytesMax)
        : new PostgresLogStore(options.ConnectionString);
}

/// <summary>Brings the schema up to date before twins wake up.</summary>
internal sealed class SampleLogStart(ILogStore store) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

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
