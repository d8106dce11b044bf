using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace IndustrialTwin.Benchmarks.Actors;

/// <summary>A storage as if the database had it all: nothing of what is stored stays in this process.</summary>
internal sealed class ForgetfulStorage : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
}

/// <summary>Puts the storage into a host.</summary>
internal static class ForgetfulStorageHosting
{
    /// <summary>Adds the storage of twins.</summary>
    public static IServiceCollection AddForgetfulStorage(this IServiceCollection services) => services.AddKeyedSingleton<IGrainStorage, ForgetfulStorage>("twins");
}
