using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace IndustrialTwin.Machines;

/// <summary>What a machine's logged events say of whether it is declared, for who looks at the log without its twin.</summary>
public sealed class LoggedDeclarations : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly MachineEventCodec _codec;

    /// <summary>Makes a reader of events.</summary>
    public LoggedDeclarations() => _codec = new MachineEventCodec(_services.GetRequiredService<Serializer<MachineEvent>>());

    /// <summary>Reads a machine's events, the oldest first, as a twin would that wakes up.</summary>
    /// <param name="events">Each event's position and its <see cref="LoggedEntry.Payload"/>.</param>
    /// <returns>Whether the machine is declared, and at which positions it ever was.</returns>
    public (bool IsDeclared, IReadOnlyList<long> Positions) Read(IEnumerable<(long Position, byte[] Payload)> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var (state, positions) = (default(DeclaredState), new List<long>());
        foreach (var (position, payload) in events)
        {
            var happened = _codec.Decode(payload);
            state = state.After(happened);
            if (happened is MachineDeclared)
            {
                positions.Add(position);
            }
        }

        return (state.IsActive, positions);
    }

    /// <inheritdoc/>
    public void Dispose() => _services.Dispose();
}
