using System.Globalization;
using System.Text.RegularExpressions;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Demonstration;

public sealed partial class DemonstrationMachineTests
{
    private static readonly MachineKey Machine = MachineKey.Parse("demo/line-1/machine");

    private readonly ITestOutputHelper _output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public void The_same_seed_gives_the_same_values_and_another_seed_others()
    {
        foreach (var ((one, same), other) in DemonstrationPlant.CreateMachines(7, 1)
            .Zip(DemonstrationPlant.CreateMachines(7, 1)).Zip(DemonstrationPlant.CreateMachines(8, 1)))
        {
            for (var i = 0; i < 5; i++)
            {
                var (a, b, c) = (one.Advance(i), same.Advance(i), other.Advance(i));
                Assert.All(a.Zip(b), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
                Assert.Contains(a.Zip(c), pair => !pair.First.Values.SequenceEqual(pair.Second.Values));
            }
        }
    }

    [Fact]
    public void Every_machine_of_the_plant_file_measures_its_channels_in_range_at_their_rate()
    {
        foreach (var machine in DemonstrationPlant.CreateMachines(1, 1))
        {
            var type = Declared().Match(DemonstrationPlant.PlantFile[DemonstrationPlant.PlantFile.IndexOf("lines:", StringComparison.Ordinal)..]
                .Split('\n').Single(line => line.Contains($"machine: {machine.Machine.Name},", StringComparison.Ordinal))).Groups["type"].Value;
            var channels = Channels(type);
            var batches = (int)(TimeSpan.FromMinutes(15) / machine.BatchDuration);
            for (var i = 0; i < batches; i++)
            {
                var columns = machine.Advance(0);
                Assert.Equal(channels.Keys.Order(), columns.Select(column => column.Channel).Order());
                foreach (var column in columns)
                {
                    var (minimum, maximum, rateHz) = channels[column.Channel];
                    Assert.Equal(rateHz * machine.BatchDuration.TotalSeconds, column.Values.Length, 1e-9);
                    Assert.InRange(column.Values.Min(), minimum, maximum);
                    Assert.InRange(column.Values.Max(), minimum, maximum);
                    Assert.True(column.TimesUs[^1] < machine.BatchDuration.TotalMicroseconds);
                }
            }
        }
    }

    [Fact]
    public void A_healthy_pump_works_where_its_curve_meets_the_systems()
    {
        var pump = new CentrifugalPump(Machine, 1, 0);
        var columns = Enumerable.Range(0, 90).Select(_ => pump.Advance(0)).ToList();

        // n²·46 − 0.0028 Q² = 18 + 0.0042 Q² at n = 1, over one full swing of the demand.
        Assert.Equal(Math.Sqrt((46 - 18) / 0.007), Mean("flow"), 0.5);
        Assert.Equal((46 - (0.0028 * 4_000)) * 998 * 9.81 / 1e5, Mean("discharge_pressure") - Mean("suction_pressure"), 0.05);
        Assert.Equal(1.013 + (998 * 9.81 / 1e5 * (1.5 - (0.00012 * 4_000))), Mean("suction_pressure"), 0.01);

        double Mean(string channel) => columns.SelectMany(batch => batch.Single(column => column.Channel == channel).Values).Average();
    }

    [Fact]
    public void A_pump_raises_no_alarm_for_ten_minutes_while_healthy_and_both_when_its_strainer_clogs()
    {
        var (suction, vibration) = Run(0);
        Assert.Null(suction.RaisedAtS);
        Assert.Null(vibration.RaisedAtS);
        (suction, vibration) = Run(1);
        Assert.InRange(suction.RaisedAtS!.Value, CentrifugalPump.ClogAfterS, 180);
        Assert.InRange(vibration.RaisedAtS!.Value, suction.RaisedAtS.Value, 600);

        (AlarmReference Suction, AlarmReference Vibration) Run(double clogSpeed)
        {
            var pump = new CentrifugalPump(Machine, 1, clogSpeed);
            var clogged = new AlarmReference("strainer-clogged");
            var cavitation = new AlarmReference("cavitation");
            Assert.Equal(("suction/mean", "vibration-level/mean"), (clogged.Feature, cavitation.Feature));
            List<double> pressure = [], level = [];
            for (var second = 0; second < 600; second++)
            {
                var columns = pump.Advance(0);
                pressure.AddRange(columns.Single(column => column.Channel == "suction_pressure").Values);
                level.AddRange(columns.Single(column => column.Channel == "vibration").Values);
                if (pressure.Count >= 20)
                {
                    clogged.Judge(second, pressure.TakeLast(20).Average());
                    cavitation.Judge(second, level.TakeLast(20).Average());
                }
            }

            _output.WriteLine(FormattableString.Invariant(
                $"clog {clogSpeed}: suction {clogged.Worst:0.00} bar at {clogged.RaisedAtS} s, vibration {cavitation.Worst:0.00} mm/s at {cavitation.RaisedAtS} s"));
            return (clogged, cavitation);
        }
    }

    [Fact]
    public void A_spindle_raises_no_alarm_for_ten_minutes_while_healthy_and_one_within_a_minute_when_its_bearing_fails()
    {
        Assert.Null(Run(0, 600).RaisedAtS);
        Assert.InRange(Run(1, 60).RaisedAtS!.Value, BearingSpindle.DefectAfterS, 60);

        AlarmReference Run(double defectSpeed, double untilS)
        {
            var spindle = new BearingSpindle(Machine, 1, defectSpeed);
            var alarm = new AlarmReference("bearing-defect");
            Assert.Equal("spectrum/resonance", alarm.Feature);
            for (var atS = 0.0; atS < untilS;)
            {
                var window = Vibration(spindle);
                atS += spindle.BatchDuration.TotalSeconds;
                alarm.Judge(atS, SpectrumReference.Band(SpectrumReference.Power(window), BearingSpindle.RateHz, 3_000, 4_000));
            }

            _output.WriteLine(FormattableString.Invariant($"defect {defectSpeed}: {alarm.Worst:0.000} (m/s2)2, alarm at {alarm.RaisedAtS:0.0} s"));
            return alarm;
        }
    }

    [Fact]
    public void The_spectrum_shows_the_shafts_imbalance_and_the_envelope_the_ball_pass_frequency()
    {
        var spindle = new BearingSpindle(Machine, 1, 1);
        for (var i = 0; i < 160; i++)
        {
            Vibration(spindle);
        }

        var envelope = new double[2_048];
        var turning = 0.0;
        const int Windows = 40;
        for (var w = 0; w < Windows; w++)
        {
            var window = Vibration(spindle);
            turning += SpectrumReference.Band(SpectrumReference.Power(window), BearingSpindle.RateHz, 80, 120) / Windows;
            var squared = window.Select(value => value * value).ToArray();
            var mean = squared.Average();
            var power = SpectrumReference.Power(squared.Select(value => value - mean).ToArray());
            for (var bin = 0; bin < power.Length; bin++)
            {
                envelope[bin] += power[bin];
            }
        }

        // Balance grade 1 mm/s at 100 turns a second: amplitude e·ω² = 0.001·2π·100 m/s², power half its square.
        Assert.Equal(Math.Pow(0.001 * 2 * Math.PI * 100, 2) / 2, turning, 0.05);
        var binHz = BearingSpindle.RateHz / 4_096.0;
        var peak = Enumerable.Range((int)(250 / binHz), (int)(250 / binHz)).MaxBy(bin => envelope[bin]);
        Assert.Equal(9 / 2.0 * 100 * (1 - (7.94 / 39.04)), peak * binHz, 2 * binHz);
    }

    [Fact]
    public void A_press_follows_its_crank_shears_with_its_force_and_stands_now_and_then()
    {
        var press = new StampingPress(Machine, 1, 0);
        List<double> position = [], force = [], speed = [];
        for (var i = 0; i < 1_200; i++)
        {
            var columns = press.Advance(0);
            position.AddRange(columns.Single(column => column.Channel == "slide_position").Values);
            force.AddRange(columns[1].Values.Zip(columns[2].Values, (left, right) => left + right));
            speed.AddRange(columns.Single(column => column.Channel == "speed").Values);
        }

        Assert.InRange(position.Min(), 0, 0.1);
        Assert.InRange(position.Max(), 119.9, 120);
        Assert.Equal(0.8 * 380 * 600 * 3 / 1_000, force.Chunk(1_000).Select(stroke => stroke.Max()).Where(peak => peak > 100).Average(), 25.0);

        // The force acts only where the slide is in the sheet.
        Assert.All(position.Zip(force).Where(at => at.First > 10 && at.Second > 60), at => Assert.Fail($"{at.Second} kN at {at.First} mm"));
        Assert.InRange(speed.Count(value => value >= 5) / (double)speed.Count, 0.8, 0.97);
    }

    [Fact]
    public void A_press_raises_no_alarm_for_ten_minutes_while_healthy_and_one_when_its_die_wears()
    {
        Assert.Null(Run(0).RaisedAtS);
        Assert.InRange(Run(1).RaisedAtS!.Value, StampingPress.WearAfterS, 240);

        AlarmReference Run(double wearSpeed)
        {
            var press = new StampingPress(Machine, 1, wearSpeed);
            var alarm = new AlarmReference("tonnage-high");
            Assert.Equal("left-column/peak", alarm.Feature);
            for (var window = 0; window < 300; window++)
            {
                var peak = 0.0;
                for (var i = 0; i < 4; i++)
                {
                    peak = Math.Max(peak, press.Advance(0).Single(column => column.Channel == "tonnage_left").Values.Max(Math.Abs));
                }

                alarm.Judge((window + 1) * 2, peak);
            }

            _output.WriteLine(FormattableString.Invariant($"wear {wearSpeed}: {alarm.Worst:0.0} kN, alarm at {alarm.RaisedAtS} s"));
            return alarm;
        }
    }

    private static double[] Vibration(BearingSpindle spindle) =>
        spindle.Advance(0).Single(column => column.Channel == "vibration").Values;

    private static Dictionary<string, (double Minimum, double Maximum, double RateHz)> Channels(string type)
    {
        var lines = DemonstrationPlant.PlantFile.Split('\n').SkipWhile(line => line != $"  {type}:").Skip(1)
            .TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal));
        return lines.Select(line => Channel().Match(line)).Where(match => match.Success).ToDictionary(
            match => match.Groups["name"].Value,
            match => (Number(match, "min"), Number(match, "max"), Number(match, "rate")));

        static double Number(Match match, string group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\{name: (?<name>\w+), unit: \S+, min: (?<min>[-\d.]+), max: (?<max>[-\d.]+), rateHz: (?<rate>[\d.]+)\}")]
    private static partial Regex Channel();

    [GeneratedRegex(@"machine: [\w-]+, type: (?<type>\w+)")]
    private static partial Regex Declared();
}
