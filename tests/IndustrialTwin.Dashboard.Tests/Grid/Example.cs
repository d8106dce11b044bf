using IndustrialTwin.Accelerators;
using IndustrialTwin.Alarms;
using IndustrialTwin.Controls;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using IndustrialTwin.Work;

namespace IndustrialTwin.Grid;

/// <summary>A believable plant of two sites.</summary>
internal static class Example
{
    public const string Press = "wuhan/line-3/press-07";
    public const string PressAlarm = "bearing wear";
    private const long Hour = 3_600_000;

    public static FakePlant Plant()
    {
        var plant = new FakePlant();
        plant.Sites["wuhan"] = (
            SiteKey.Parse("wuhan"), "Wuhan works", [(LineKey.Parse("wuhan/line-3"), "Stamping"), (LineKey.Parse("wuhan/paint"), "Paint shop")]);
        plant.Sites["leipzig"] = (SiteKey.Parse("leipzig"), "Leipzig works", [(LineKey.Parse("leipzig/pumps"), "Water supply")]);

        Add(plant, Press, "Press 7", "hydraulic-press", MachineHealth.Critical, RunningState.Running, 0.941, [
            Alarm(Press, PressAlarm, "vibration/kurtosis", AlarmCondition.Unacknowledged, AlarmPriority.Critical, 4, 6.82, 190),
            Alarm(Press, "oil temperature", "oil/mean", AlarmCondition.Acknowledged, AlarmPriority.Medium, 68, 71.4, 2_460),
            Alarm(Press, "stroke pressure", "pressure/rms", AlarmCondition.Normal, AlarmPriority.High, 240, 212.6, null),
        ]);
        Add(plant, "wuhan/line-3/press-08", "Press 8", "hydraulic-press", MachineHealth.Good, RunningState.Running, 0.978, []);
        Add(plant, "wuhan/line-3/feeder-02", "Coil feeder 2", "feeder", MachineHealth.Degraded, RunningState.Running, 0.902, [
            Alarm("wuhan/line-3/feeder-02", "belt slip", "drive/crest-factor", AlarmCondition.ReturnedToNormal, AlarmPriority.Low, 3.2, 2.9, 5_300),
            Alarm("wuhan/line-3/feeder-02", "current high", "current/rms", AlarmCondition.Unacknowledged, AlarmPriority.Medium, 18, 19.3, 610),
        ]);
        Add(plant, "wuhan/line-3/robot-11", "Transfer robot 11", "robot", MachineHealth.Good, RunningState.Stopped, 0.713, []);
        Add(plant, "wuhan/paint/oven-1", "Curing oven", "oven", MachineHealth.Degraded, RunningState.Running, 0.995, [
            Alarm("wuhan/paint/oven-1", "exhaust fan", "fan/t2", AlarmCondition.Shelved, AlarmPriority.High, 1, 1.4, 8_900),
        ]);
        Add(plant, "wuhan/paint/booth-2", "Spray booth 2", "booth", MachineHealth.Good, RunningState.Running, 0.967, []);
        Add(plant, "leipzig/pumps/p-101", "Feed pump 101", "centrifugal-pump", MachineHealth.Critical, RunningState.Running, 0.884, [
            Alarm("leipzig/pumps/p-101", "cavitation", "vibration/high-band", AlarmCondition.Unacknowledged, AlarmPriority.High, 0.8, 1.21, 42),
        ]);
        Add(plant, "leipzig/pumps/p-102", "Feed pump 102", "centrifugal-pump", MachineHealth.Good, RunningState.Running, 0.991, []);
        plant.Machines["leipzig/pumps/p-103"] = Nothing(MachineKey.Parse("leipzig/pumps/p-103")) with
        {
            IsDeclared = true,
            Revision = "77aa01",
            Summary = new MachineSummary(
                MachineKey.Parse("leipzig/pumps/p-103"), 1, "Feed pump 103", "centrifugal-pump", MachineHealth.Unknown, RunningState.Unknown, 0, 0, [], null),
        };

        AddNode(plant, "edge-wuhan-2", Tier.Edge, "cn-central", 16, 0.37, [("cuda-0", "IlgpuCuda", "NVIDIA RTX A2000", true), ("cpu-0", "NativeCpu", "AMD EPYC 3251, AVX2", true)]);
        AddNode(plant, "site-leipzig-1", Tier.Site, "eu-central", 32, null, [("cpu-0", "NativeCpu", "Intel Xeon Gold 5318N, AVX-512", true), ("opencl-0", "IlgpuOpenCl", "Intel Arc Pro A40", false)]);
        var queue = WorkQueueKey.Parse("wuhan/power-spectrum.4096");
        plant.Queues[queue.Value] = new WorkQueueSnapshot(queue, 12, 96, 44, 0, 90_244, 0, 3, 90_190, 7, 0, 2_811, 0);
        plant.Machines[Press] = plant.Machines[Press] with
        {
            Controls = [new ControlSnapshot("overload", "stop", 2, 1, 212.6, 1)],
            Commands = [new MachineCommand(MachineKey.Parse(Press), "overload", "stop", 1, 412.5, Wave.NowUs - 90_000_000, "device", 1, 42, 7, 2)],
        };
        return plant;
    }

    public static MachineSnapshot Nothing(MachineKey key) => new(
        new MachineSummary(key, 0, string.Empty, string.Empty, MachineHealth.Unknown, RunningState.Unknown, 0, 0, [], null),
        false, null, [], [], [], new IngestCounts(0, 0, 0, 0, 0, 0, 0), 0, 0, null, null);

    private static void Add(
        FakePlant plant, string key, string title, string type, MachineHealth health, RunningState running, double availability, AlarmSnapshot[] alarms)
    {
        var machine = MachineKey.Parse(key);
        var now = Wave.NowUs;
        var features = alarms.Select(alarm => new FeatureValue(alarm.Feature, now, alarm.Value, alarm.Limit)).ToList();
        features.Add(new FeatureValue("vibration/rms", now, 2.31, 4.5));
        features.Add(new FeatureValue("process/likelihood", now, 0.42, null));
        plant.Machines[key] = new MachineSnapshot(
            new MachineSummary(
                machine, 1, title, type, health, running, (long)(availability * 160 * Hour), 160 * Hour,
                [.. alarms.Where(alarm => alarm.Condition != AlarmCondition.Normal)], now),
            true,
            "9c1f0be27d44a1",
            [new("pressure", "bar", now, 213.4), new("flow", "l/min", now, 88.02), new("oil temperature", "°C", now, 71.38), new("motor current", "A", now, 18.94)],
            [.. features],
            alarms,
            new IngestCounts(48_211, 37, 0, 19_284_400, 12, 0, 0),
            48_211,
            48_209,
            "edge-wuhan-2/cuda-0",
            now - 1_000_000);
    }

    private static AlarmSnapshot Alarm(
        string machine, string name, string feature, AlarmCondition condition, AlarmPriority priority, double limit, double value, int? raisedSecondsAgo) => new(
        MachineKey.Parse(machine),
        name,
        feature,
        condition,
        condition is AlarmCondition.Unacknowledged or AlarmCondition.Acknowledged or AlarmCondition.Shelved,
        priority,
        AlarmSide.High,
        limit,
        value,
        raisedSecondsAgo is { } seconds ? Wave.NowUs - (seconds * 1_000_000L) : null,
        null,
        condition == AlarmCondition.Acknowledged ? "Li Wei" : null,
        condition == AlarmCondition.Shelved ? Wave.NowUs + (2 * Hour * 1000) : null,
        condition == AlarmCondition.Normal ? 0 : 3);

    private static void AddNode(
        FakePlant plant, string key, Tier tier, string region, int processors, double? load, (string Device, string Kind, string Name, bool IsHealthy)[] devices)
    {
        AcceleratorKey Of(string device) => AcceleratorKey.Parse($"{key}/{device}");
        plant.Nodes[key] = new NodeSnapshot(
            NodeKey.Parse(key), tier, region, processors, 64L << 30, 2_900L << 20, load, 1_204, Wave.NowUs - (91 * Hour * 1000), [.. devices.Select(one => Of(one.Device))])
        {
            Site = key.Split('-')[1],
        };
        foreach (var (device, kind, name, isHealthy) in devices)
        {
            plant.Accelerators[$"{key}/{device}"] = new AcceleratorSnapshot(
                Of(device), kind, name, isHealthy, 12L << 30, isHealthy ? 3 : 0, 1_840_233, 4, 0, isHealthy ? 0 : 17, 31_244, 11_902_113, 8_123_004,
                isHealthy ? null : "CL_OUT_OF_RESOURCES while launching window-statistics; the device is rebuilt");
        }
    }
}
