using IndustrialTwin.Devices;
using IndustrialTwin.Machines;
using IndustrialTwin.Operations;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Protocols;

/// <summary>
/// What a twin must be: the pure code fed entry by entry, each computed at once, with no clock, no silo and no fault anywhere.
/// </summary>
internal sealed class Oracle
{
    private static readonly ImmediateDevice Device = new();

    private readonly MachineTwin _twin;
    private long _position;

    public Oracle(MachineKey machine) => _twin = new MachineTwin(machine, new MachineState());

    /// <summary>Points by feature and time.</summary>
    public SortedDictionary<string, SortedDictionary<long, (double Value, double Filtered, bool Exceeded)>> Features { get; } = new(StringComparer.Ordinal);

    public MachineTwin Twin => _twin;

    public MachineState State => _twin.ToState(_position);

    /// <summary>The twin that a log makes.</summary>
    public static Oracle Of(MachineKey machine, IEnumerable<LoggedEntry> log, MachineEventCodec events)
    {
        var oracle = new Oracle(machine);
        foreach (var entry in log)
        {
            oracle._position = entry.Position;
            if (entry.Kind == LogEntryKind.Event)
            {
                oracle.Apply(events.Decode(entry.Payload));
            }
            else
            {
                oracle.Apply(new CommittedBatch(
                    entry.Position, new BatchName(entry.Source, entry.Epoch, entry.Sequence), SampleBatchCodec.Decode(entry.Payload), entry.SamplesQuarantined, null));
            }
        }

        return oracle;
    }

    /// <summary>The twin of a machine whose batches all came once, at once and in order.</summary>
    public static Oracle Ideal(MachineKey machine, PlantDesign plant)
    {
        var oracle = new Oracle(machine);
        var declaration = plant.Declaration(machine, 1);
        oracle.Apply(new MachineDeclared(declaration));
        for (var sequence = 0; sequence < plant.Batches; sequence++)
        {
            for (var source = 0; source < plant.Sources; source++)
            {
                var batch = plant.Batch(machine, source, sequence);
                var screened = BatchScreening.Screen(batch, declaration, 0);
                oracle.Apply(new CommittedBatch(++oracle._position, new BatchName(batch.Source, batch.Epoch, batch.Sequence), screened.Good, screened.SamplesBad, null));
            }
        }

        return oracle;
    }

    private void Apply(MachineEvent happened)
    {
        switch (happened)
        {
            case MachineDeclared declared:
                _twin.Apply(declared);
                break;
            case MachineRetired retired:
                _twin.Apply(retired);
                break;
            case AlarmCommanded commanded:
                _twin.Apply(commanded);
                break;
            case CommandIssued issued:
                _twin.Apply(issued);
                break;
            case ControlFellBack fell:
                _twin.Apply(fell);
                break;
            case ControlReturned returned:
                _twin.Apply(returned);
                break;
        }

        Compute();
    }

    private void Apply(CommittedBatch batch)
    {
        _twin.Apply(batch);
        Compute();
    }

    private void Compute()
    {
        foreach (var stage in _twin.Stages)
        {
            while (stage.NextRequest() is { } request)
            {
                var reply = SimulatedSilo.Catalogue.RunAsync(Device, [], request, new JobOptions(), CancellationToken.None).GetAwaiter().GetResult();
                foreach (var points in _twin.Judge(stage, stage.Accept(reply)))
                {
                    Keep(points);
                }
            }
        }
    }

    private void Keep(JudgedPoints points)
    {
        if (!Features.TryGetValue(points.Feature, out var kept))
        {
            Features.Add(points.Feature, kept = []);
        }

        for (var i = 0; i < points.TimesUs.Length; i++)
        {
            kept.TryAdd(points.TimesUs[i], (points.Values[i], points.Filtered[i], points.Exceeded[i]));
        }
    }

    private sealed class ImmediateDevice : IComputeDevice
    {
        public DeviceDescription Description { get; } = new("native-0", DeviceKind.NativeCpu, "a device without delay", 1 << 20, 1, true, 256);

        public DeviceStatus Status => throw new NotSupportedException("Nothing in a run asks for it.");

        public ValueTask<JobOutcome<TResult>> RunAsync<TInput, TResult>(
            Operation<TInput, TResult> operation, TInput input, JobOptions options, CancellationToken cancellationToken)
        {
            operation.Validate(input);
            return new(JobOutcome<TResult>.Done(operation.Reference(input), default));
        }

        public ValueTask DisposeAsync() => default;
    }
}
