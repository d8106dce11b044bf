using System.Collections.Concurrent;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Alarms;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using IndustrialTwin.Work;

namespace IndustrialTwin.Grid;

/// <summary>What the fake twins answer. Tests change it and say so.</summary>
public sealed class FakePlant
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentDictionary<string, MachineSnapshot> Machines { get; } = new();

    public ConcurrentDictionary<string, (SiteKey Site, string Title, (LineKey Line, string Title)[] Lines)> Sites { get; } = new();

    public ConcurrentDictionary<string, NodeSnapshot> Nodes { get; } = new();

    public ConcurrentDictionary<string, AcceleratorSnapshot> Accelerators { get; } = new();

    public ConcurrentDictionary<string, WorkQueueSnapshot> Queues { get; } = new();

    public ConcurrentQueue<AlarmCommand> Commands { get; } = new();

    /// <summary>How often each twin's stream was opened.</summary>
    public ConcurrentDictionary<string, int> Watches { get; } = new();

    /// <summary>How many streams of each twin are open.</summary>
    public ConcurrentDictionary<string, int> Streams { get; } = new();

    /// <summary>Twins that answer late, after this time.</summary>
    public ConcurrentDictionary<string, TimeSpan> Slow { get; } = new();

    /// <summary>Twins that do not answer: the call ends with what the function throws.</summary>
    public ConcurrentDictionary<string, Func<Exception>> Faults { get; } = new();

    /// <summary>Twins whose streams say nothing after their first state.</summary>
    public ConcurrentDictionary<string, bool> Stuck { get; } = new();

    /// <summary>Twins whose next stream ends with an error after its first state.</summary>
    public ConcurrentDictionary<string, bool> Broken { get; } = new();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Changed() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public void Set(MachineSnapshot machine)
    {
        Machines[machine.Summary.Machine.Value] = machine with { Summary = machine.Summary with { Version = machine.Summary.Version + 1 } };
        Changed();
    }

    public void SetValue(string machine, string channel, double value)
    {
        var known = Machines[machine];
        Set(known with { Channels = [.. known.Channels.Select(one => one.Channel == channel ? one with { Value = value, TimeUs = one.TimeUs + 1 } : one)] });
    }

    public EnterpriseSnapshot Enterprise() => new(
        [.. Sites.Values.Select(site => site.Site).OrderBy(site => site.Value, StringComparer.Ordinal)],
        [.. Nodes.Values.Select(node => node.Node).OrderBy(node => node.Value, StringComparer.Ordinal)])
    {
        Queues = [.. Queues.Values.Select(queue => queue.Queue)],
    };

    public SiteSnapshot Site(string key)
    {
        var (site, title, lines) = Sites[key];
        var summaries = lines.Select(line => Line(line.Line.Value).Summary).ToArray();
        return new SiteSnapshot(site, title, summaries.Select(line => line.Health).DefaultIfEmpty().Max(), summaries);
    }

    public LineSnapshot Line(string key)
    {
        var line = LineKey.Parse(key);
        var title = Sites[line.Site.Value].Lines.Single(one => one.Line == line).Title;
        var machines = Machines.Values.Select(machine => machine.Summary).Where(machine => machine.Machine.Line == line)
            .OrderBy(machine => machine.Machine.Value, StringComparer.Ordinal).ToArray();
        var alarms = machines.SelectMany(machine => machine.Alarms).ToArray();
        return new LineSnapshot(
            new LineSummary(
                line,
                machines.Sum(machine => machine.Version),
                title,
                machines.Select(machine => machine.Health).DefaultIfEmpty().Max(),
                machines.Length,
                machines.Count(machine => machine.Running == RunningState.Running),
                alarms.Count(alarm => alarm.Condition is AlarmCondition.Unacknowledged or AlarmCondition.ReturnedToNormal),
                alarms.Count(alarm => alarm is { IsAbnormal: true, Condition: not AlarmCondition.Shelved }),
                machines.Sum(machine => machine.RunningMs),
                machines.Sum(machine => machine.ObservedMs)),
            machines);
    }

    public void ThrowIfFaulty(string key)
    {
        if (Faults.TryGetValue(key, out var fault))
        {
            throw fault();
        }
    }
}
