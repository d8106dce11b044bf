using Orleans.Serialization;

namespace IndustrialTwin.Machines;

/// <summary>Events in the log: the versionable binary form of the actor runtime's serializer, which reads known types alone.</summary>
internal sealed class MachineEventCodec(Serializer<MachineEvent> serializer)
{
    public byte[] Encode(MachineEvent machineEvent) => serializer.SerializeToArray(machineEvent);

    public MachineEvent Decode(byte[] payload) => serializer.Deserialize(payload)
        ?? throw new InvalidDataException("A logged event is empty.");
}
