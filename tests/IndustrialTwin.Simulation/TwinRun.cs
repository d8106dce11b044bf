using IndustrialTwin.Alarms;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Protocols;

/// <summary>One run of twins and their log from a seed: machines, faults and interleaving all follow from it.</summary>
internal sealed class TwinRun
{
    private const long FaultsUs = 60_000_000;
    private const int LooksMax = 400;
    private const long EndUsMax = 1_200_000_000;

    private readonly World _world;
    private readonly SimulatedCluster _cluster;
    private readonly PlantDesign _plant;
    private readonly Turns _outside;
    private readonly List<Sender> _senders = [];
    private bool _faultsEnded;
    private int _declaring;

    private TwinRun(int seed, Mutation mutation, int linesKept)
    {
        _world = new World(seed, linesKept);
        _plant = new PlantDesign(seed, _world.Random);
        _cluster = new SimulatedCluster(_world, Hazards.Draw(_world.Random), mutation);
        _outside = new Turns(_world, null);
    }

    /// <summary>Runs a seed to its end.</summary>
    public static Verdict Run(int seed, Mutation mutation = Mutation.None, int linesKept = 0)
    {
        var run = new TwinRun(seed, mutation, linesKept);
        run.Execute();
        return new Verdict(seed, run._world.Trace.Hash, run._world.Trace.Events, run._world.NowUs, [.. run._world.Violations], [.. run._world.Trace.Lines]);
    }

    private void Execute()
    {
        foreach (var machine in _plant.Machines)
        {
            _outside.Post(() => DeclareAsync(machine));
            _outside.Post(() => OperateAsync(machine));
        }

        var hazards = _cluster.Hazards;
        Repeat(hazards.CrashEveryUs, () => OnRunning(_cluster.Kill));
        Repeat(hazards.PauseEveryUs, () => OnRunning(_cluster.Pause));
        Repeat(hazards.DuplicateEveryUs, () => _cluster.Split(AnyMachine()));
        Repeat(hazards.SleepEveryUs, () => _cluster.Sleep(AnyMachine()));
        Repeat(hazards.MoveEveryUs, () => OnRunning(silo => _cluster.Move(AnyMachine(), silo)));
        Repeat(hazards.ClockJumpEveryUs, () => OnRunning(silo => silo.Clock.Offset = TimeSpan.FromSeconds(_world.Random.Next(-3_600, 3_600))));
        Repeat(hazards.DatabaseDownEveryUs, () =>
        {
            _world.Note("the database is down");
            _cluster.Database.IsDown = true;
            _world.After(_world.Between(50_000, 10_000_000), () => _cluster.Database.IsDown = false);
        });
        _world.After(FaultsUs, () =>
        {
            _world.Note("no more faults");
            _faultsEnded = true;
            _cluster.Hazards = Hazards.None;
        });

        if (Await(() => _senders.Count == _plant.Machines.Length * _plant.Sources && _declaring == 0 && _faultsEnded && _senders.TrueForAll(sender => sender.IsDone), "all batches to be settled"))
        {
            Conclude();
        }

        _cluster.Reap();
        _world.RunUntil(() => false, _world.NowUs + 200_000_000);
    }

    /// <summary>With nothing going wrong any more, twins sleep and wake: with their checkpoint, and without.</summary>
    private void Conclude()
    {
        var check = new FinalCheck(_world, _cluster, _plant, _senders);
        var revision = 100;
        foreach (var after in new[] { "after the faults", "after a checkpoint", "after a replay of the whole log" })
        {
            foreach (var machine in _plant.Machines)
            {
                if (after.EndsWith("log", StringComparison.Ordinal))
                {
                    _cluster.Checkpoints.Remove(machine);
                }

                // A twin stores no checkpoint of few entries, and its first may still meet a version that a fault left behind.
                do
                {
                    if (!CatchUp(machine, ++revision) || !Await(() => IsAsleep(machine), "a twin to sleep"))
                    {
                        return;
                    }
                }
                while (_cluster.Checkpoints.Find(machine)?.AnalysedPosition != _cluster.Database.RowsOf(machine).Entries[^1].Position && revision < 200);

                check.Twin(machine, after);
            }
        }

        check.Samples();
    }

    /// <summary>
    /// Wakes a twin, changes its declaration, and waits until it has applied all of its log. A duplicate
    /// that has nothing to write does not notice that it is one, and would never.
    /// </summary>
    private bool CatchUp(MachineKey machine, int revision)
    {
        var (isDone, looks) = (false, 0);
        _outside.Post(async () =>
        {
            await TryAsync(() => _cluster.CallAsync(machine, grain => grain.Apply(_plant.Declaration(machine, revision), CancellationToken.None), interleaves: false));
            while (!isDone && looks < LooksMax)
            {
                looks++;
                await TryAsync(async () =>
                {
                    var seen = await _cluster.CallAsync(machine, grain => grain.GetSnapshot());
                    isDone = seen.AnalysedPosition == _cluster.Database.RowsOf(machine).Entries[^1].Position;
                });
                await _world.WaitAsync(50_000);
            }
        });
        return Await(() => isDone || looks == LooksMax, $"{machine} to catch up with its log");
    }

    /// <summary>Sends a machine's twin to sleep; late messages may wake it again.</summary>
    private bool IsAsleep(MachineKey machine)
    {
        _cluster.Sleep(machine);
        return _cluster.IsAsleep(machine);
    }

    private bool Await(Func<bool> condition, string what)
    {
        if (_world.RunUntil(condition, Math.Min(EndUsMax, _world.NowUs + (EndUsMax / 2))))
        {
            return true;
        }

        _world.Violate($"waited in vain for {what}");
        return false;
    }

    /// <summary>Declares a machine, and again in another revision, as a line does; its sources begin when it is declared.</summary>
    private async Task DeclareAsync(MachineKey machine)
    {
        _declaring++;
        await TryAsync(() => _cluster.CallAsync(machine, grain => grain.Apply(_plant.Declaration(machine, 1), CancellationToken.None), interleaves: false));
        for (var source = 0; source < _plant.Sources; source++)
        {
            var sender = new Sender(_world, _cluster, _plant, machine, source);
            _senders.Add(sender);
            _outside.Post(() => sender.RunAsync(_outside));
        }

        for (var revision = 2; revision <= 4; revision++)
        {
            await _world.WaitAsync(_world.Between(1_000_000, 20_000_000));
            var number = revision;
            if (_plant.IsRetired)
            {
                await TryAsync(() => _cluster.CallAsync(machine, grain => grain.Retire(CancellationToken.None), interleaves: false));
            }

            await TryAsync(() => _cluster.CallAsync(machine, grain => grain.Apply(_plant.Declaration(machine, number), CancellationToken.None), interleaves: false));
        }

        _declaring--;
    }

    /// <summary>An operator who acknowledges and shelves alarms now and then, and does not insist.</summary>
    private async Task OperateAsync(MachineKey machine)
    {
        while (!_faultsEnded)
        {
            await _world.WaitAsync(_world.Between(500_000, 10_000_000));
            var command = _world.Random.Next(3) switch
            {
                0 => new AlarmCommand("overload", AlarmAction.Shelve, "li", ShelveFor: TimeSpan.FromMinutes(5)),
                1 => new AlarmCommand("overload", AlarmAction.Unshelve, "li"),
                _ => new AlarmCommand("overload", AlarmAction.Acknowledge, "li"),
            };
            try
            {
                await _cluster.CallAsync(machine, grain => grain.CommandAlarm(command, CancellationToken.None), interleaves: false);
            }
            catch (Exception fault)
            {
                _world.Note($"{machine.Name} command failed: {fault.GetType().Name}");
            }
        }
    }

    private async Task TryAsync(Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception fault)
            {
                _world.Note($"declaring failed: {fault.GetType().Name}");
                await _world.WaitAsync(_world.Between(10_000, 2_000_000));
            }
        }
    }

    private void Repeat(long everyUs, Action happen)
    {
        if (everyUs == 0)
        {
            return;
        }

        _world.After((long)(-everyUs * Math.Log(1 - _world.Random.NextDouble())), () =>
        {
            if (!_faultsEnded)
            {
                happen();
                Repeat(everyUs, happen);
            }
        });
    }

    private void OnRunning(Action<SimulatedSilo> happen)
    {
        var running = _cluster.Running;
        if (running.Count > 0)
        {
            happen(running[_world.Random.Next(running.Count)]);
        }
    }

    private MachineKey AnyMachine() => _plant.Machines[_world.Random.Next(_plant.Machines.Length)];
}

/// <summary>How a run ended.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Hash">Over everything that happened: equal for equal runs.</param>
/// <param name="Events">How many things happened.</param>
/// <param name="TimeUs">Virtual time that it took.</param>
/// <param name="Violations">What must not happen and did.</param>
/// <param name="Lines">The last things that happened.</param>
internal sealed record Verdict(int Seed, ulong Hash, long Events, long TimeUs, string[] Violations, string[] Lines)
{
    public bool IsGood => Violations.Length == 0;
}
