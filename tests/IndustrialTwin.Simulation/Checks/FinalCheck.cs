using System.Text.Json;
using System.Text.Json.Serialization;
using IndustrialTwin.Alarms;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Protocols;

/// <summary>What must hold of a machine when all its batches are settled and its twin has gone to sleep.</summary>
internal sealed class FinalCheck(World world, SimulatedCluster cluster, PlantDesign plant, IReadOnlyList<Sender> senders)
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, IncludeFields = true };

    /// <summary>All samples that were sent stand in the log or in quarantine, once.</summary>
    public void Samples()
    {
        foreach (var sender in senders)
        {
            var rows = cluster.Database.RowsOf(sender.Machine);
            var logged = rows.Entries.Where(entry => entry.Kind == LogEntryKind.Samples && entry.Source == sender.Name).ToList();
            foreach (var entry in logged)
            {
                var sent = plant.Batch(sender.Machine, Index(sender), entry.Sequence).SampleCount;
                Demand(entry.Samples + entry.SamplesQuarantined == sent, sender.Machine,
                    $"{sender.Name}:{entry.Sequence} had {sent} samples; the log has {entry.Samples} and {entry.SamplesQuarantined} bad");
            }

            Demand(logged.Select(entry => entry.Sequence).Distinct().Count() == logged.Count, sender.Machine, $"{sender.Name} has a batch twice in the log");
            foreach (var sequence in sender.Acknowledged)
            {
                Demand(logged.Exists(entry => entry.Sequence == sequence), sender.Machine, $"{sender.Name}:{sequence} was acknowledged and is not in the log");
            }
        }

        var bad = senders.Select(sender => sender.Machine).Distinct().SelectMany(machine => cluster.Database.RowsOf(machine).Entries).Sum(entry => entry.SamplesQuarantined);
        var kept = cluster.Database.Quarantine.Where(record => record.Topic is null && record.Payload.Length > 0).Sum(record => record.Samples);
        Demand(bad == kept, null, $"the log counts {bad} bad samples of its batches, the quarantine holds {kept}");
    }

    /// <summary>The stored twin is what its log makes, and its points are those of a run without faults.</summary>
    public void Twin(MachineKey machine, string after)
    {
        var rows = cluster.Database.RowsOf(machine);
        var oracle = Oracle.Of(machine, rows.Entries, cluster.Events);
        var stored = cluster.Checkpoints.Find(machine);
        if (stored is null)
        {
            world.Violate($"{machine}: it stored no checkpoint {after}");
            return;
        }

        var (expected, actual) = (Text(oracle.State with { Fence = stored.Fence }), Text(stored));
        Demand(expected == actual, machine, $"{after} its state is not what its log makes: {Difference(expected, actual)}");
        Points(machine, "its log makes", oracle, rows);
        if (plant.HasIdeal)
        {
            var ideal = Oracle.Ideal(machine, plant);
            Points(machine, "its data make without faults", ideal, rows);
            foreach (var alarm in ideal.Twin.Alarms.Where(alarm => plant.IsComputed(alarm.Declaration)))
            {
                var state = Array.Find(stored.Alarms, found => found.Alarm == alarm.Declaration.Name)?.State ?? AlarmState.Initial;
                Demand(state.Raisings == alarm.State.Raisings && state.IsAbnormal == alarm.State.IsAbnormal && state.RaisedUs == alarm.State.RaisedUs, machine,
                    $"alarm {alarm.Declaration.Name} was raised {state.Raisings} times, {alarm.State.Raisings} without faults");
            }
        }

        foreach (var issued in stored.Commands)
        {
            Demand(cluster.ActuatorOf(machine).Commands.Count(command => command == issued) == 1, machine, $"it remembers a command that was not sent once: {issued}");
        }
    }

    private static int Index(Sender sender) => sender.Name[^1] - '0';

    /// <summary>Features and sources stand in the order in which they first came, which says nothing.</summary>
    private static string Text(MachineState state) => JsonSerializer.Serialize(
        state with
        {
            Features = [.. state.Features.OrderBy(point => point.Feature, StringComparer.Ordinal)],
            Sequences = [.. state.Sequences.OrderBy(sequence => sequence.Source, StringComparer.Ordinal).ThenBy(sequence => sequence.Epoch)],
        },
        Json);

    private static string Difference(string expected, string actual)
    {
        var at = 0;
        while (at < expected.Length && at < actual.Length && expected[at] == actual[at])
        {
            at++;
        }

        var from = Math.Max(0, at - 60);
        return $"…{expected[from..Math.Min(expected.Length, at + 60)]}… is …{actual[from..Math.Min(actual.Length, at + 60)]}…";
    }

    private void Points(MachineKey machine, string who, Oracle oracle, SimulatedDatabase.MachineRows rows)
    {
        foreach (var (feature, expected) in oracle.Features)
        {
            var kept = rows.Features.GetValueOrDefault(feature) ?? [];
            var missing = expected.Keys.Except(kept.Keys).Count();
            var surplus = kept.Keys.Except(expected.Keys).Count();
            var other = expected.Count(point => kept.TryGetValue(point.Key, out var found) && !found.Equals(point.Value));
            Demand(missing + surplus + other == 0, machine, $"of the points of {feature} that {who}, {missing} are missing, {other} are others and {surplus} too many");
        }
    }

    private void Demand(bool holds, MachineKey? machine, string otherwise)
    {
        if (!holds)
        {
            world.Violate(machine is { } one ? $"{one}: {otherwise}" : otherwise);
        }
    }
}
