using IndustrialTwin.Analyses;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Protocols;

/// <summary>
/// What the log's database holds, and the locks that a real one takes: a transaction holds the machines of its writes for sharing
/// from its begin to its end, and a claim waits for them. It checks, independently of the code under test, what may be written.
/// </summary>
internal sealed class SimulatedDatabase(World world, Mutation mutation)
{
    private readonly Dictionary<MachineKey, MachineRows> _machines = [];
    private long _position;

    /// <summary>Whether nothing can reach it.</summary>
    public bool IsDown { get; set; }

    public IEnumerable<MachineKey> Machines => _machines.Keys;

    public List<QuarantineRecord> Quarantine { get; } = [];

    public MachineRows RowsOf(MachineKey machine)
    {
        if (!_machines.TryGetValue(machine, out var rows))
        {
            _machines.Add(machine, rows = new MachineRows());
        }

        return rows;
    }

    /// <summary>Claims a machine when nothing that was begun before holds it.</summary>
    public void Claim(ClaimWrite claim, Action done)
    {
        var rows = RowsOf(claim.Machine);
        if (rows.Holders > 0 && mutation != Mutation.ClaimsDoNotWait)
        {
            rows.Waiting.Enqueue(() => Claim(claim, done));
            return;
        }

        claim.Result = ++rows.Fence;
        world.Note($"claim {claim.Machine.Name} fence={rows.Fence}");
        done();
    }

    /// <summary>Begins a transaction: from here on no claim of its machines comes between.</summary>
    public SimulatedTransaction Begin(IReadOnlyList<LogWrite> group)
    {
        var machines = group.Select(MachineOf).OfType<MachineKey>().Distinct().Select(RowsOf).ToArray();
        foreach (var rows in machines)
        {
            rows.Holders++;
        }

        return new SimulatedTransaction(this, group, [.. group.Select(IsOwner)], machines);
    }

    /// <summary>Writes down which activations have now been told that they are no longer the twin. An answer that is lost tells nobody.</summary>
    public void Told(IReadOnlyList<LogWrite> group)
    {
        foreach (var entry in group.OfType<EntryWrite>().Where(entry => entry.Result.Outcome == AppendOutcome.Fenced))
        {
            RowsOf(entry.Entry.Machine).KnownStale.TryAdd(entry.Entry.Fence, world.NowUs);
        }
    }

    /// <summary>Lets go what a transaction held.</summary>
    public static void End(SimulatedTransaction transaction)
    {
        foreach (var rows in transaction.Machines)
        {
            rows.Holders--;
            for (var waiting = rows.Waiting.Count; rows.Holders == 0 && waiting > 0; waiting--)
            {
                rows.Waiting.Dequeue()();
            }
        }
    }

    /// <summary>Writes one write of a transaction and leaves its result in it.</summary>
    public void Apply(LogWrite write, bool isOwner)
    {
        switch (write)
        {
            case EntryWrite entry:
                entry.Result = Apply(entry.Entry, isOwner);
                break;
            case FeatureWrite feature:
                feature.Result = isOwner;
                if (isOwner)
                {
                    CheckFence(feature.Block.Machine, feature.Block.Fence);
                    RowsOf(feature.Block.Machine).Keep(feature.Block.Feature, FeatureBlockCodec.Decode(feature.Payload), world);
                }

                break;
            case QuarantineWrite quarantine:
                Quarantine.Add(quarantine.Record);
                quarantine.Result = true;
                break;
        }
    }

    /// <summary>The mutation: a group that was committed is gone.</summary>
    public void Forget(IReadOnlyList<LogWrite> group)
    {
        foreach (var entry in group.OfType<EntryWrite>().Where(entry => entry.Result.Outcome == AppendOutcome.Committed))
        {
            RowsOf(entry.Entry.Machine).Entries.RemoveAll(logged => logged.Position == entry.Result.Position);
            RowsOf(entry.Entry.Machine).Positions.Remove(new BatchName(entry.Entry.Source, entry.Entry.Epoch, entry.Entry.Sequence));
        }
    }

    private static MachineKey? MachineOf(LogWrite write) => write switch
    {
        EntryWrite entry => entry.Entry.Machine,
        FeatureWrite feature => feature.Block.Machine,
        _ => null,
    };

    private bool IsOwner(LogWrite write) => mutation == Mutation.IgnoresFences || write switch
    {
        EntryWrite entry => RowsOf(entry.Entry.Machine).Fence == entry.Entry.Fence,
        FeatureWrite feature => RowsOf(feature.Block.Machine).Fence == feature.Block.Fence,
        _ => true,
    };

    private AppendReply Apply(LogEntry entry, bool isOwner)
    {
        var rows = RowsOf(entry.Machine);
        var name = new BatchName(entry.Source, entry.Epoch, entry.Sequence);
        if (!isOwner)
        {
            world.Note($"fenced {entry.Machine.Name} fence={entry.Fence} {name.Source}:{name.Sequence}");
            return new AppendReply(AppendOutcome.Fenced, 0);
        }

        if (rows.Positions.TryGetValue(name, out var there))
        {
            if (mutation != Mutation.TakesTwice)
            {
                return new AppendReply(AppendOutcome.AlreadyThere, there);
            }

            world.Violate($"{entry.Machine}: {name} is in the log twice");
        }

        CheckFence(entry.Machine, entry.Fence);
        var bad = entry.Quarantined.Sum(record => record.Samples);
        rows.Positions[name] = ++_position;
        rows.Entries.Add(new LoggedEntry(_position, entry.Kind, entry.Source, entry.Epoch, entry.Sequence, entry.Samples, bad, entry.Payload.ToArray()));
        if (mutation != Mutation.LosesQuarantine || _position % 5 != 0)
        {
            Quarantine.AddRange(entry.Quarantined);
        }

        world.Note($"logged {entry.Machine.Name} fence={entry.Fence} {(entry.Kind == LogEntryKind.Event ? "event" : name.Source)}:{name.Sequence} at {_position}");
        return new AppendReply(AppendOutcome.Committed, _position);
    }

    private void CheckFence(MachineKey machine, long fence)
    {
        if (RowsOf(machine).Fence != fence)
        {
            world.Violate($"{machine}: fence {fence} wrote after fence {RowsOf(machine).Fence} was given out");
        }
    }

    /// <summary>A machine's rows.</summary>
    internal sealed class MachineRows
    {
        public long Fence { get; set; }

        public List<LoggedEntry> Entries { get; } = [];

        public Dictionary<BatchName, long> Positions { get; } = [];

        /// <summary>Points by feature and time.</summary>
        public SortedDictionary<string, SortedDictionary<long, (double Value, double Filtered, bool Exceeded)>> Features { get; } = new(StringComparer.Ordinal);

        /// <summary>Fences whose activations heard that they were refused, and when: they know that they are no longer the twin.</summary>
        public Dictionary<long, long> KnownStale { get; } = [];

        /// <summary>Transactions that hold the machine.</summary>
        public int Holders { get; set; }

        public Queue<Action> Waiting { get; } = new();

        /// <summary>Keeps points. Of a time that is kept already they must be the same: a replay computes what was computed before.</summary>
        public void Keep(string feature, FeatureSeries points, World world)
        {
            if (!Features.TryGetValue(feature, out var kept))
            {
                Features.Add(feature, kept = []);
            }

            for (var i = 0; i < points.TimesUs.Length; i++)
            {
                var point = (points.Values[i], points.Filtered[i], points.Exceeded[i]);
                if (!kept.TryAdd(points.TimesUs[i], point) && !kept[points.TimesUs[i]].Equals(point))
                {
                    world.Violate($"{feature} at {points.TimesUs[i]} was {kept[points.TimesUs[i]]} and is computed again as {point}");
                }
            }
        }
    }
}

/// <summary>A transaction between its begin and its end.</summary>
internal sealed record SimulatedTransaction(
    SimulatedDatabase Database, IReadOnlyList<LogWrite> Group, bool[] Owned, SimulatedDatabase.MachineRows[] Machines)
{
    public void Commit(int writes)
    {
        for (var i = 0; i < writes; i++)
        {
            Database.Apply(Group[i], Owned[i]);
        }

        SimulatedDatabase.End(this);
    }
}
