using IndustrialTwin.Controls;
using IndustrialTwin.Devices;
using IndustrialTwin.Kernels;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using IndustrialTwin.Tenants;
using IndustrialTwin.Work;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace IndustrialTwin.Protocols;

/// <summary>A silo: its log with the real group-commit writer, its clock, its device, and the twins that live on it.</summary>
#pragma warning disable CA1001 // The log ends in virtual time, by Reap.
internal sealed class SimulatedSilo : IProcess, ICommandSink
#pragma warning restore CA1001
{
    private static readonly SampleLogOptions LogOptions = new() { GroupEntriesMax = 16, QueueEntriesMax = 256, CommitTimeout = TimeSpan.FromSeconds(2) };

    /// <summary>No node but its own: what is between nodes has a simulation of its own.</summary>
    private static readonly ActiveNodes NoOthers = new(
        Stand.In<ISiloStatusOracle>((_, _) => new Dictionary<SiloAddress, SiloStatus>()),
        Stand.In<ISiloMetadataCache>((member, _) => throw new NotSupportedException(member.Name)));

    private readonly World _world;
    private readonly SimulatedCluster _cluster;
    private readonly string _name;
    private readonly List<Action> _missed = [];
    private readonly List<Turns> _turns = [];
    private readonly SampleLog _log;
    private IReadOnlyList<LogWrite> _newest = [];

    public SimulatedSilo(World world, SimulatedCluster cluster, string name)
    {
        (_world, _cluster, _name) = (world, cluster, name);
        Clock = new VirtualClock(world, this);
        Writer = NewTurns();
        _log = new SampleLog(
            new SimulatedLogStore(world, cluster.Database, this, cluster.Mutation), LogOptions, NullLogger.Instance, Clock, Writer);
        Devices = new NodeDevices(
            Options.Create(new NodeOptions { Node = name }), Options.Create(new DiscoveryOptions()), Options.Create(DeviceOptions.Default), [],
            NullLogger<NodeDevices>.Instance, (_, _) => Task.FromResult<IReadOnlyList<IComputeDevice>>([new SimulatedDevice(world, this)]));
        Devices.StartingAsync(CancellationToken.None).GetAwaiter().GetResult();
        var grains = SimulatedGrains.Of(world, this);
        var (payloads, lifetime, options) = (new NodePayloads(), new EndlessLifetime(), Options.Create(new WorkOptions { CallTimeout = TimeSpan.FromSeconds(1) }));
        var directory = new GridDirectory(
            Devices, NoOthers, grains, Options.Create(new NodeOptions { Node = name }), options, Clock, lifetime, NullLogger<GridDirectory>.Instance);
        Grid = new ComputeGrid(
            Catalogue, Devices, payloads, directory,
            new JobAuction(directory, grains, options, Clock, NullLogger<JobAuction>.Instance),
            new TiersAbove(grains, options, Clock, NullLogger<TiersAbove>.Instance),
            grains, options, new NoQuotas(), Clock, lifetime, NullLogger<ComputeGrid>.Instance);
        Grains = grains;
    }

    /// <summary>The kernels that the runs' analyses ask for.</summary>
    public static KernelCatalogue Catalogue { get; } = new([new WindowStatisticsBinding(), new SlidingStatisticsBinding(), new LikelihoodBinding()]);

    public VirtualClock Clock { get; }

    public Turns Writer { get; }

    public ISampleLog Log => _log;

    public NodeDevices Devices { get; }

    public ComputeGrid Grid { get; }

    public IGrainFactory Grains { get; }

    public Hazards Hazards => _cluster.Hazards;

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    /// <summary>Whether the cluster takes it for dead: it gets no new twins.</summary>
    public bool IsBuried { get; set; }

    public bool IsRunning => IsAlive && !IsPaused;

    /// <summary>A thread of this silo.</summary>
    public Turns NewTurns()
    {
        var turns = new Turns(_world, this);
        _turns.Add(turns);
        return turns;
    }

    /// <summary>Something that reaches the silo after a while, if it lives then.</summary>
    public void Hears(Action what) => _world.After(_world.Between(50, 1_000), what, this);

    public void Missed(Action run)
    {
        if (IsAlive)
        {
            _missed.Add(run);
        }
    }

    public void Committed(IReadOnlyList<LogWrite> group) => _newest = group;

    public void Kill()
    {
        _world.Note($"{_name} dies");
        IsAlive = false;
        _missed.Clear();
        if (_cluster.Mutation == Mutation.LosesTail)
        {
            _cluster.Database.Forget(_newest);
        }
    }

    public void Pause()
    {
        _world.Note($"{_name} stands still");
        IsPaused = true;
    }

    /// <summary>Goes on, with everything at once that was due meanwhile.</summary>
    public void Resume()
    {
        _world.Note($"{_name} goes on");
        IsPaused = false;
        foreach (var run in _missed)
        {
            _world.After(0, run, this);
        }

        _missed.Clear();
        _turns.ForEach(turns => turns.Resume());
    }

    /// <summary>Lets go what a process' end would: the log's instruments are known to the whole test process.</summary>
    public void Reap()
    {
        IsAlive = true;
        IsPaused = false;
        _turns.ForEach(turns => turns.Resume());
        Writer.Post(() => _log.DisposeAsync().AsTask());
    }

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(MachineCommand command, CancellationToken cancellationToken)
    {
        if (_world.Chance(Hazards.CommandLost))
        {
            return new(false);
        }

        _cluster.ActuatorOf(command.Machine).Sent(command);
        return new(true);
    }

    public override string ToString() => _name;
}
