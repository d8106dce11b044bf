using System.Globalization;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Chaos;

/// <summary>
/// Uses twins' declared revisions as registers: one writer and two readers a machine, whose calls overlap. What they saw must be
/// explicable as one order of single steps (linearizability).
/// </summary>
internal sealed class Register(IClusterClient client, MachineKey[] machines, TimeSpan controlDeadline)
{
    private static readonly TimeSpan WritePause = TimeSpan.FromMilliseconds(500), ReadPause = TimeSpan.FromMilliseconds(150);

    private readonly Dictionary<MachineKey, List<RegisterOperation>> _histories = machines.ToDictionary(machine => machine, _ => new List<RegisterOperation>());
    private Task _running = Task.CompletedTask;
    private volatile bool _isStopping;

    public IReadOnlyDictionary<MachineKey, List<RegisterOperation>> Histories => _histories;

    public void Start() => _running = Task.WhenAll(machines.SelectMany(machine => (Task[])[WriteAsync(machine), ReadAsync(machine), ReadAsync(machine)]));

    public async Task StopAsync()
    {
        _isStopping = true;
        await _running;
    }

    private async Task WriteAsync(MachineKey machine)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var value = 2L; !_isStopping; value++)
        {
            var began = Clock.Now;
            TimeSpan? ended = null;
            try
            {
                var declaration = Plant.Declaration(machine, value.ToString(CultureInfo.InvariantCulture), controlDeadline);
                await client.GetGrain<IMachineGrain>(machine.Value).Apply(declaration).WaitAsync(TimeSpan.FromSeconds(5));
                ended = Clock.Now;
            }
            catch (Exception)
            {
                // It may have been written, or may yet be.
            }

            Keep(machine, new RegisterOperation(true, value, began, ended));
            await Task.Delay(WritePause);
        }
    }

    private async Task ReadAsync(MachineKey machine)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_isStopping)
        {
            var began = Clock.Now;
            try
            {
                var snapshot = await client.GetGrain<IMachineGrain>(machine.Value).GetSnapshot();
                Keep(machine, new RegisterOperation(false, long.Parse(snapshot.Revision ?? "0", CultureInfo.InvariantCulture), began, Clock.Now));
            }
            catch (Exception)
            {
                // A read that failed says nothing.
            }

            await Task.Delay(ReadPause);
        }
    }

    private void Keep(MachineKey machine, RegisterOperation operation)
    {
        lock (_histories[machine])
        {
            _histories[machine].Add(operation);
        }
    }
}
