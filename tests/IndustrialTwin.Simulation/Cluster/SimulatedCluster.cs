using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace IndustrialTwin.Protocols;

/// <summary>
/// Silos and the directory of activations, as eventually consistent as the real one: entries of a dead silo stay until its death is
/// noticed, an entry can be lost while its activation lives on, and callers with an old address reach the old activation.
/// </summary>
internal sealed class SimulatedCluster
{
    private const int Silos = 3;
    private const double OldAddress = 0.3;
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    private readonly World _world;
    private readonly List<SimulatedSilo> _all = [];
    private readonly Dictionary<MachineKey, Activation> _directory = [];
    private readonly Dictionary<MachineKey, Activation> _old = [];
    private readonly Dictionary<MachineKey, Actuator> _actuators = [];
    private readonly VirtualClock _clock;
    private int _activations;

    public SimulatedCluster(World world, Hazards hazards, Mutation mutation)
    {
        (_world, Hazards, Mutation) = (world, hazards, mutation);
        _clock = new VirtualClock(world, null);
        Database = new SimulatedDatabase(world, mutation);
        Checkpoints = new CheckpointStore(world, Services.GetRequiredService<Serializer<MachineState>>(), () => Hazards, mutation);
        Events = new MachineEventCodec(Services.GetRequiredService<Serializer<MachineEvent>>());
        for (var i = 0; i < Silos; i++)
        {
            StartSilo();
        }
    }

    public Hazards Hazards { get; set; }

    public Mutation Mutation { get; }

    public SimulatedDatabase Database { get; }

    public CheckpointStore Checkpoints { get; }

    public MachineEventCodec Events { get; }

    public IEnumerable<Actuator> Actuators => _actuators.Values;

    public IReadOnlyList<SimulatedSilo> Running => [.. _all.Where(silo => silo.IsRunning && !silo.IsBuried)];

    public Actuator ActuatorOf(MachineKey machine)
    {
        if (!_actuators.TryGetValue(machine, out var actuator))
        {
            _actuators.Add(machine, actuator = new Actuator(_world, this, machine));
        }

        return actuator;
    }

    public SimulatedSilo StartSilo()
    {
        var silo = new SimulatedSilo(_world, this, $"silo-{_all.Count}");
        _all.Add(silo);
        return silo;
    }

    /// <summary>Calls a machine's grain from outside; ends with its answer, or after a while without.</summary>
    public async Task<T> CallAsync<T>(MachineKey machine, Func<MachineGrain, Task<T>> call, bool interleaves = true)
    {
        var request = new GrainCall<T>(_world, this, machine, interleaves, call);
        if (!_world.Chance(Hazards.MessageLost))
        {
            Send(request);
            if (_world.Chance(Hazards.MessageTwice))
            {
                Send(new GrainCall<T>(_world, this, machine, interleaves, call));
            }
        }

        return await request.Answer.WaitAsync(CallTimeout, _clock);
    }

    /// <summary>Sends a call on its way to wherever its machine's twin is.</summary>
    public void Send(GrainCall call)
    {
        var lateUs = _world.Chance(Hazards.MessageLate) ? _world.Between(0, 2_000_000) : 0;
        _world.After(lateUs + _world.Between(100, 5_000), () => Deliver(call));
    }

    /// <summary>The directory loses an entry: the next call wakes another activation beside the one that is there.</summary>
    public void Split(MachineKey machine)
    {
        if (_directory.Remove(machine, out var old))
        {
            _world.Note($"the directory loses {old}");
            _old[machine] = old;
        }
    }

    /// <summary>Claims a machine in the log as another activation would, of which the twin hears nothing.</summary>
    public void Usurp(MachineKey machine) => Database.Claim(new ClaimWrite(machine), () => { });

    /// <summary>Has a machine's twins go to sleep. A twin to whom someone has just come answers first, or they would wake each other for ever.</summary>
    public void Sleep(MachineKey machine)
    {
        if (_directory.GetValueOrDefault(machine) is { HasCallers: false } newest)
        {
            newest.Deactivate();
        }

        _old.GetValueOrDefault(machine)?.Deactivate();
    }

    /// <summary>Has a machine's twin move to a silo, and take its state with it.</summary>
    public void Move(MachineKey machine, SimulatedSilo target)
    {
        if (_directory.GetValueOrDefault(machine) is { } newest && newest.Silo != target)
        {
            newest.Move(target);
        }
    }

    /// <summary>
    /// Carries the state of an activation that has ended to the silo that it moves to; the new one takes its place in the directory, unless
    /// another has it. It may come late, when others have lived meanwhile, or not at all.
    /// </summary>
    public async Task HandOverAsync(Activation from, SimulatedSilo target, CheckpointStore.HandedOver state)
    {
        if (!_world.Chance(Hazards.MessageLost))
        {
            var lateUs = _world.Chance(Hazards.MessageLate) ? _world.Between(0, 2_000_000) : 0;
            _world.After(lateUs + _world.Between(100, 5_000), () => Accept(from, target, state));
        }

        await _world.WaitAsync(_world.Between(1_000, 1_000_000), from.Silo); // Until it hears that the new one is awake, or has waited for that in vain.
    }

    public void Ended(Activation activation)
    {
        Forget(_directory, activation);
        Forget(_old, activation);
    }

    /// <summary>Kills a silo; the others notice after a while, and a new one takes its place.</summary>
    public void Kill(SimulatedSilo silo)
    {
        silo.Kill();
        _world.After(_world.Between(100_000, 8_000_000), () => Bury(silo));
    }

    /// <summary>A silo hangs. Where it hangs for long it is taken for dead, and stays so when it goes on: it is a zombie until it notices.</summary>
    public void Pause(SimulatedSilo silo)
    {
        silo.Pause();
        var pauseUs = _world.Between(100_000, 15_000_000);
        var noticedUs = _world.Between(3_000_000, 8_000_000);
        if (pauseUs > noticedUs)
        {
            _world.After(noticedUs, () => Bury(silo));
            _world.After(pauseUs + _world.Between(10_000, 2_000_000), () =>
            {
                if (silo.IsAlive)
                {
                    silo.Kill();
                }
            });
        }

        _world.After(pauseUs, () =>
        {
            if (silo.IsAlive)
            {
                silo.Resume();
            }
        });
    }

    /// <summary>Lets all silos go on and end; answers when nothing of them is left.</summary>
    public void Reap()
    {
        Hazards = Hazards.None;
        Database.IsDown = false;
        _all.ForEach(silo => silo.Reap());
    }

    /// <summary>Whether no activation of a machine's twin lives.</summary>
    public bool IsAsleep(MachineKey machine) =>
        !_directory.ContainsKey(machine) && (!_old.TryGetValue(machine, out var old) || !old.Silo.IsAlive);

    private void Bury(SimulatedSilo silo)
    {
        _world.Note($"{silo} is taken for dead");
        silo.IsBuried = true;
        foreach (var activation in _directory.Values.Where(activation => activation.Silo == silo).ToList())
        {
            _directory.Remove(activation.Machine);
            if (silo.IsAlive)
            {
                _old[activation.Machine] = activation;
            }
        }

        StartSilo();
    }

    private void Accept(Activation from, SimulatedSilo target, CheckpointStore.HandedOver state)
    {
        if (target.IsRunning && !target.IsBuried && (!_directory.TryGetValue(from.Machine, out var newest) || newest == from))
        {
            var activation = new Activation(_world, this, target, from.Machine, ++_activations, state);
            _world.Note($"{from} has moved to {activation}");
            _directory[from.Machine] = activation;
        }
    }

    private void Deliver(GrainCall call)
    {
        if (_old.TryGetValue(call.Machine, out var old) && old.IsOpen && old.Silo.IsRunning && _world.Chance(OldAddress))
        {
            old.Post(call);
            return;
        }

        if (!_directory.TryGetValue(call.Machine, out var activation))
        {
            var running = Running;
            if (running.Count == 0)
            {
                return;
            }

            activation = new Activation(_world, this, running[_world.Random.Next(running.Count)], call.Machine, ++_activations);
            _directory[call.Machine] = activation;
        }

        if (!activation.Silo.IsAlive)
        {
            return; // Nobody knows yet; the caller waits in vain.
        }

        if (activation.Silo.IsPaused)
        {
            activation.Silo.Missed(() => Arrive(activation, call));
            return;
        }

        Arrive(activation, call);
    }

    private void Arrive(Activation activation, GrainCall call)
    {
        if (activation.IsGone)
        {
            Send(call);
        }
        else
        {
            activation.Post(call);
        }
    }

    private static void Forget(Dictionary<MachineKey, Activation> activations, Activation ended)
    {
        if (activations.GetValueOrDefault(ended.Machine) == ended)
        {
            activations.Remove(ended.Machine);
        }
    }
}
