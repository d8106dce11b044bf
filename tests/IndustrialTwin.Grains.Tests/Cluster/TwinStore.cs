using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Serialization;
using Orleans.Storage;

namespace IndustrialTwin.Cluster;

/// <summary>Checkpoints in memory, as bytes and with versions, shared by all silos of a test. Writes of chosen grains can be made to fail.</summary>
internal sealed class TwinStore
{
    private readonly ConcurrentDictionary<string, (byte[] Bytes, int Version)> _states = new();
    private readonly ConcurrentDictionary<string, bool> _broken = new();

    /// <summary>Makes a grain's writes fail until told otherwise.</summary>
    public void Break(string key, bool isBroken = true) => _broken[key] = isBroken;

    public IGrainStorage For(Serializer serializer) => new SiloView(this, serializer);

    private sealed class SiloView(TwinStore store, Serializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (store._states.TryGetValue($"{grainId}", out var stored))
            {
                grainState.State = serializer.Deserialize<T>(stored.Bytes);
                grainState.ETag = stored.Version.ToString(CultureInfo.InvariantCulture);
                grainState.RecordExists = true;
            }

            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (store._broken.GetValueOrDefault(grainId.Key.ToString()!))
            {
                throw new IOException("The test has broken the checkpoints of this grain.");
            }

            var bytes = serializer.SerializeToArray(grainState.State);
            var known = grainState.ETag is { } tag ? int.Parse(tag, CultureInfo.InvariantCulture) : 0;
            var next = store._states.AddOrUpdate(
                $"{grainId}",
                _ => known == 0 ? (bytes, 1) : throw new InconsistentStateException("gone"),
                (_, stored) => stored.Version == known ? (bytes, known + 1) : throw new InconsistentStateException($"{stored.Version} is not {known}"));
            grainState.ETag = next.Item2.ToString(CultureInfo.InvariantCulture);
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
    }
}
