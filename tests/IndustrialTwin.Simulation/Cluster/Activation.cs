using IndustrialTwin.Machines;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Protocols;

/// <summary>
/// An activation of the real <see cref="MachineGrain"/>, hosted by the rules of the actor runtime: one turn at a time; calls that
/// interleave begin at once, the others one after the other; it is deactivated when its calls have ended, and gets no more meanwhile.
/// </summary>
internal sealed class Activation
{
    private static readonly IOptions<MachineOptions> MachineOptions = Options.Create(new MachineOptions
    {
        PendingBatchesMax = 4,
        CheckpointEntries = 7,
        CheckpointEntriesMin = 3,
        CheckpointInterval = TimeSpan.FromSeconds(2),
        ReportInterval = TimeSpan.FromSeconds(1),
        ComputeTimeout = TimeSpan.FromSeconds(1),
        DrainTimeout = TimeSpan.FromSeconds(2),
    });

    private readonly World _world;
    private readonly SimulatedCluster _cluster;
    private readonly Turns _turns;
    private readonly Queue<GrainCall> _waiting = new();
    private readonly int _number;
    private readonly CheckpointStore.HandedOver? _handed;
    private MachineGrain? _grain;
    private IPersistentState<MachineState>? _checkpoint;
    private SimulatedSilo? _target;
    private bool _isBlocked;
    private bool _isLeaving;
    private int _running;

    public Activation(World world, SimulatedCluster cluster, SimulatedSilo silo, MachineKey machine, int number, CheckpointStore.HandedOver? handed = null)
    {
        (_world, _cluster, Silo, Machine, _number, _handed) = (world, cluster, silo, machine, number, handed);
        _turns = silo.NewTurns();
        _turns.Post(ActivateAsync);
    }

    public SimulatedSilo Silo { get; }

    public MachineKey Machine { get; }

    /// <summary>Whether it has ended.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether it takes calls.</summary>
    public bool IsOpen => !_isLeaving && !IsGone;

    /// <summary>Whether calls have come that it has not begun.</summary>
    public bool HasCallers => _waiting.Count > 0;

    public void Post(GrainCall call)
    {
        _waiting.Enqueue(call);
        Begin();
    }

    /// <summary>Ends it when its calls have ended.</summary>
    public void Deactivate()
    {
        if (!IsOpen)
        {
            return;
        }

        _isLeaving = true;
        _world.Note($"{this} is to go");
        if (_grain is not null)
        {
            LeaveIfIdle();
        }
    }

    /// <summary>Ends it when its calls have ended, and has it go on at another silo.</summary>
    public void Move(SimulatedSilo target)
    {
        if (IsOpen)
        {
            _target = target;
            Deactivate();
        }
    }

    public override string ToString() => $"{Machine.Name}#{_number}@{Silo}";

    private async Task ActivateAsync()
    {
        try
        {
            if (_handed is null)
            {
                _checkpoint = _cluster.Checkpoints.Of(Machine, Silo);
                await _checkpoint.ReadStateAsync();
            }
            else
            {
                _checkpoint = _cluster.Checkpoints.Of(Machine, Silo, _handed);
            }

            var context = Stand.In<IGrainContext>((member, _) => member.Name switch
            {
                "get_GrainId" => GrainId.Create("itwin.machine", Machine.Value),
                "get_ActivationServices" => Stand.In<IServiceProvider>((_, _) => Runtime()),
                _ => throw new NotSupportedException(member.Name),
            });
            var grain = new MachineGrain(
                _checkpoint, context, Silo.Log, _cluster.Events, Silo.Grid, Silo.Devices, Silo, new NoQuotas(), MachineOptions, Silo.Clock, NullLogger<MachineGrain>.Instance);
            await grain.OnActivateAsync(CancellationToken.None);
            _grain = grain;
        }
        catch (Exception fault) when (fault is not NotSupportedException)
        {
            _world.Note($"{this} did not wake: {fault.Message}");
            End();
            return;
        }

        _world.Note($"{this} is awake");
        Begin();
        if (_isLeaving)
        {
            LeaveIfIdle();
        }
    }

    private IGrainRuntime Runtime() => Stand.In<IGrainRuntime>((member, _) =>
    {
        switch (member.Name)
        {
            case "get_GrainFactory":
                return Silo.Grains;
            case nameof(IGrainRuntime.DeactivateOnIdle):
                Deactivate();
                return null;
            default:
                throw new NotSupportedException(member.Name);
        }
    });

    private void Begin()
    {
        for (var waiting = _waiting.Count; waiting > 0 && _grain is not null && !_isLeaving; waiting--)
        {
            var call = _waiting.Dequeue();
            if (!call.Interleaves && _isBlocked)
            {
                _waiting.Enqueue(call);
                continue;
            }

            _isBlocked |= !call.Interleaves;
            _running++;
            _turns.Post(() => RunAsync(call));
        }
    }

    private async Task RunAsync(GrainCall call)
    {
        await call.RunAsync(_grain!, this);
        _isBlocked &= call.Interleaves;
        _running--;
        Begin();
        LeaveIfIdle();
    }

    private void LeaveIfIdle()
    {
        if (_isLeaving && _running == 0 && !IsGone)
        {
            _running = -1;
            _turns.Post(LeaveAsync);
        }
    }

    private async Task LeaveAsync()
    {
        await _grain!.OnDeactivateAsync(new DeactivationReason(_target is null ? DeactivationReasonCode.ApplicationRequested : DeactivationReasonCode.Migrating, "the run"), CancellationToken.None);
        if (_target is not null)
        {
            await _cluster.HandOverAsync(this, _target, CheckpointStore.HandOver(_checkpoint!));
        }

        _grain.Dispose();
        End();
    }

    private void End()
    {
        IsGone = true;
        _world.Note($"{this} is gone");
        _cluster.Ended(this);
        foreach (var call in _waiting)
        {
            _cluster.Send(call);
        }

        _waiting.Clear();
    }
}
