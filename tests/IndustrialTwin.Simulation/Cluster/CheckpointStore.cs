using System.Globalization;
using IndustrialTwin.Machines;
using Orleans.Core;
using Orleans.Serialization;
using Orleans.Storage;

namespace IndustrialTwin.Protocols;

/// <summary>Where checkpoints are stored, with versions as the real store has them. It may fail, and may forget.</summary>
internal sealed class CheckpointStore(World world, Serializer<MachineState> serializer, Func<Hazards> hazards, Mutation mutation)
{
    private readonly Dictionary<MachineKey, (byte[] Bytes, int Version)> _stored = [];

    public MachineState? Find(MachineKey machine) => _stored.TryGetValue(machine, out var stored) ? serializer.Deserialize(stored.Bytes) : null;

    public void Remove(MachineKey machine) => _stored.Remove(machine);

    public IPersistentState<MachineState> Of(MachineKey machine, SimulatedSilo silo) => new State(this, machine, silo);

    /// <summary>The state with its version as it was handed over by another activation; it is read from the store no more.</summary>
    public IPersistentState<MachineState> Of(MachineKey machine, SimulatedSilo silo, HandedOver handed) => new State(this, machine, silo, handed);

    /// <summary>What the actor runtime carries to the next activation: the state as it stands, stored or not.</summary>
    public static HandedOver HandOver(IPersistentState<MachineState> state) => ((State)state).HandOver();

    /// <summary>A state and its version on their way.</summary>
    internal sealed record HandedOver(byte[] Bytes, int Version);

    private sealed class State(CheckpointStore store, MachineKey machine, SimulatedSilo silo) : IPersistentState<MachineState>
    {
        private MachineState _state = new();
        private int _version;

        public State(CheckpointStore store, MachineKey machine, SimulatedSilo silo, HandedOver handed)
            : this(store, machine, silo)
        {
            (_state, _version) = (store.Deserialize(handed.Bytes), handed.Version);
        }

        public HandedOver HandOver() => new(store.Serialize(_state, Mutation.MovesAhead), _version);

        MachineState IStorage<MachineState>.State
        {
            get => _state;
            set => _state = value;
        }

        public string? Etag => _version == 0 ? null : _version.ToString(CultureInfo.InvariantCulture);

        public bool RecordExists => _version > 0;

        public async Task ReadStateAsync()
        {
            await TravelAsync();
            if (store._stored.TryGetValue(machine, out var stored))
            {
                (_state, _version) = (store.Deserialize(stored.Bytes), stored.Version);
            }
        }

        public async Task WriteStateAsync()
        {
            var bytes = store.Serialize(_state);
            await TravelAsync();
            if (store.World.Chance(store.Hazards.CheckpointFails))
            {
                throw new IOException("The run has a checkpoint fail.");
            }

            var known = store._stored.GetValueOrDefault(machine).Version;
            if (known != _version)
            {
                throw new InconsistentStateException($"The store has version {known}, the writer {_version}.");
            }

            if (!store.World.Chance(store.Hazards.CheckpointForgotten))
            {
                store._stored[machine] = (bytes, _version + 1);
                store.World.Note($"{silo} checkpoint {machine.Name} at {_state.AnalysedPosition}");
            }

            if (store.World.Chance(store.Hazards.CheckpointAnswerLost))
            {
                throw new IOException("The run loses the answer to a checkpoint.");
            }

            _version++;
            await TravelAsync();
        }

        public Task ClearStateAsync() => throw new NotSupportedException("No twin clears its checkpoint.");

        private Task TravelAsync() => store.World.WaitAsync(store.World.Between(50, 10_000), silo);
    }

    private World World => world;

    private Hazards Hazards => hazards();

    private MachineState Deserialize(byte[] bytes) => serializer.Deserialize(bytes)!;

    private byte[] Serialize(MachineState state, Mutation ahead = Mutation.CheckpointRunsAhead) => serializer.SerializeToArray(
        mutation == ahead && state.AnalysedPosition > 0 ? state with { AnalysedPosition = state.AnalysedPosition + 3 } : state);
}
