using CsCheck;
using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;
using Xunit;

namespace IndustrialTwin.Plants;

public class PlantFileTests
{
    private const string Good = """
        site: wuhan
        title: Wuhan works
        machineTypes:
          rotating:
            latenessMax: 500ms
            channels:
              - {name: vibration, unit: m/s2, min: -500, max: 500, rateHz: 12800}
              - {name: speed, unit: rpm, min: 0, max: 30000, rateHz: 10}
          spindle:
            extends: rotating
            clockSkewMax: none
            running: {channel: speed, atLeast: 100}
            analyses:
              - {name: statistics, kind: window-statistics, channel: vibration, windowRows: 4096, statistics: [rms, crest-factor]}
              - name: spectrum
                kind: spectrum
                channel: vibration
                windowRows: 4096
                strideRows: 2048
                bands: [{name: resonance, fromHz: 3000, toHz: 4000}]
              - {name: health, kind: hotelling, channels: [vibration, speed], fitRows: 400}
              - {name: drift, kind: likelihood, channel: speed, windowRows: 600, stepRows: 10}
            alarms:
              - {name: bearing, feature: spectrum/resonance, high: 0.5, clear: 0.4, medianOf: 3, delayPoints: 2, priority: high}
              - {name: stall, feature: drift/likelihood, low: 0.1}
            controls:
              - {name: shake, channel: vibration, windowRows: 64, statistic: peak, high: 90, clear: 70, command: stop, deadline: 2ms}
              - {name: hold-speed, channel: speed, windowRows: 2, statistic: mean, target: 9000, gain: 0.1, bias: 50, min: 0, max: 100, command: drive, fallback: {value: 20, after: 2s}}
        lines:
          - line: line-3
            title: Line 3
            machines:
              - {machine: spindle-01, type: spindle, title: Main spindle}
              - {machine: motor-01, type: rotating}
        """;

    [Fact]
    public void A_good_file_gives_the_plant_with_types_written_out()
    {
        var result = PlantFile.Parse("plant.yaml", Good);
        Assert.Empty(result.Errors);
        var line = Assert.Single(result.Declaration!.Lines);
        var spindle = line.Machines[0];
        Assert.Equal("wuhan/line-3/spindle-01", spindle.Machine.Value);
        Assert.Equal(["vibration", "speed"], spindle.Channels.Select(channel => channel.Name));
        Assert.Null(spindle.ClockSkewMax);
        Assert.Equal(TimeSpan.FromMilliseconds(500), spindle.LatenessMax);
        Assert.Equal(4096, ((WindowStatisticsAnalysis)spindle.Analyses[0]).StrideRows);
        Assert.Equal(12_800, ((SpectrumAnalysis)spindle.Analyses[1]).RateHz);
        Assert.Equal(
            new AlarmDeclaration("bearing", "spectrum/resonance", AlarmSide.High, 0.5, 0.4, 3, 2, AlarmPriority.High), spindle.Alarms[0]);
        Assert.Equal(new AlarmDeclaration("stall", "drift/likelihood", AlarmSide.Low, 0.1, 0.1, 1, 1, AlarmPriority.Medium), spindle.Alarms[1]);
        Assert.Equal(
            [
                new ControlDeclaration("shake", "vibration", 64, Statistic.Peak, new LimitLaw(AlarmSide.High, 90, 70, 1), "stop", TimeSpan.FromMilliseconds(2)),
                new ControlDeclaration("hold-speed", "speed", 2, Statistic.Mean, new ProportionalLaw(9000, 0.1, 50, 0, 100), "drive", TimeSpan.FromMilliseconds(5))
                {
                    Fallback = new ControlFallback("drive", 20, TimeSpan.FromSeconds(2), AlarmPriority.High),
                },
            ],
            spindle.Controls);
        Assert.Equal("motor-01", line.Machines[1].Title);
        Assert.Equal(TimeSpan.FromMinutes(5), line.Machines[1].ClockSkewMax);
    }

    [Fact]
    public void Equal_machines_have_equal_revisions_and_changed_ones_do_not()
    {
        static string Revision(string text) => PlantFile.Parse("p", text).Declaration!.Lines[0].Machines[0].Revision;
        Assert.Equal(Revision(Good), Revision("# a comment\n" + Good));
        Assert.NotEqual(Revision(Good), Revision(Good.Replace("high: 0.5", "high: 0.6", StringComparison.Ordinal)));
        Assert.NotEqual(Revision(Good), Revision(Good.Replace("gain: 0.1", "gain: 0.2", StringComparison.Ordinal)));
        Assert.NotEqual(Revision(Good), Revision(Good.Replace("value: 20", "value: 21", StringComparison.Ordinal)));
        Assert.NotEqual(Revision(Good), Revision(Good.Replace("after: 2s", "after: 3s", StringComparison.Ordinal)));
        Assert.NotEqual(Revision(Good), Revision(Good.Replace("max: 30000", "max: 30001", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_fallback_may_have_a_command_of_its_own()
    {
        var result = PlantFile.Parse("p", Good
            .Replace("value: 20, after: 2s", "command: brake, value: 500, after: 10m, priority: critical", StringComparison.Ordinal)
            .Replace("command: stop, deadline: 2ms", "command: stop, deadline: 2ms, fallback: {value: 1, after: 100ms, priority: low}", StringComparison.Ordinal));
        Assert.Empty(result.Errors);
        var machine = result.Declaration!.Lines[0].Machines[0];
        Assert.Equal(new ControlFallback("stop", 1, TimeSpan.FromMilliseconds(100), AlarmPriority.Low), machine.Controls[0].Fallback);
        Assert.Equal(new ControlFallback("brake", 500, TimeSpan.FromMinutes(10), AlarmPriority.Critical), machine.Controls[1].Fallback);
    }

    [Theory]
    [InlineData("windowRows: 4096, statistics", "windowRows: 1, statistics", "machineTypes.spindle.analyses[0].windowRows", "'1'", "2 to 65536")]
    [InlineData("    windowRows: 4096", "    windowRows: 4095", "machineTypes.spindle.analyses[1].windowRows", "'4095'", "power of two")]
    [InlineData("toHz: 4000", "toHz: 6401", "machineTypes.spindle.analyses[1].bands[0].toHz", "'6401'", "6400")]
    [InlineData("channel: vibration, windowRows", "channel: vibratoin, windowRows", "machineTypes.spindle.analyses[0].channel", "'vibratoin'", "did you mean 'vibration'")]
    [InlineData("feature: spectrum/resonance", "feature: spectrum/resonanse", "machineTypes.spindle.alarms[0].feature", "'spectrum/resonanse'", "did you mean 'spectrum/resonance'")]
    [InlineData("feature: drift/likelihood", "feature: spectrum/resonance", "machineTypes.spindle.alarms", "2 alarms", "at most one")]
    [InlineData("clear: 0.4", "clear: 0.6", "machineTypes.spindle.alarms[0].clear", "0.6", "at most the limit")]
    [InlineData("medianOf: 3", "medianOf: 4", "machineTypes.spindle.alarms[0].medianOf", "'4'", "odd")]
    [InlineData("priority: high", "priority: urgent", "machineTypes.spindle.alarms[0].priority", "'urgent'", "critical")]
    [InlineData("low: 0.1", "limit: 0.1", "machineTypes.spindle.alarms[1].limit", "unknown key", "high")]
    [InlineData("max: 500,", "max: -500,", "machineTypes.rotating.channels[0].max", "-500", "more than min")]
    [InlineData("rateHz: 10}", "rateHz: fast}", "machineTypes.rotating.channels[1].rateHz", "'fast'", "a rate above 0")]
    [InlineData("rateHz: 10}", "rateHz: .inf}", "machineTypes.rotating.channels[1].rateHz", "'.inf'", "a rate above 0")]
    [InlineData("latenessMax: 500ms", "latenessMax: 500", "machineTypes.rotating.latenessMax", "'500'", "a duration")]
    [InlineData("type: rotating}", "type: rotaiting}", "lines[0].machines[1].type", "'rotaiting'", "did you mean 'rotating'")]
    [InlineData("machine: motor-01", "machine: spindle-01", "lines[0].machines[1].machine", "again", "once")]
    [InlineData("machine: motor-01", "machine: motor 01", "lines[0].machines[1].machine", "'motor 01'", "letters")]
    [InlineData("site: wuhan", "site: wu/han", "site", "'wu/han'", "segments")]
    [InlineData("title: Wuhan works", "titel: Wuhan works", "titel", "unknown key", "did you mean 'title'")]
    [InlineData("name: speed, unit", "name: vibration, unit", "machineTypes.rotating.channels[1]", "again", "each name once")]
    [InlineData("statistics: [rms, crest-factor]", "statistics: [rms, crest]", "machineTypes.spindle.analyses[0].statistics[1]", "'crest'", "one of mean")]
    [InlineData("fitRows: 400", "fitRows: 2", "machineTypes.spindle.analyses[2].fitRows", "'2'", "more rows than channels")]
    [InlineData("kind: likelihood", "kind: magic", "machineTypes.spindle.analyses[3].kind", "'magic'", "one of window-statistics")]
    [InlineData("channel: speed, windowRows: 2, stat", "channel: sped, windowRows: 2, stat", "machineTypes.spindle.controls[1].channel", "'sped'", "did you mean 'speed'")]
    [InlineData("clear: 70", "clear: 95", "machineTypes.spindle.controls[0].clear", "95", "at most the limit")]
    [InlineData("high: 90, clear: 70", "high: 90, target: 3", "machineTypes.spindle.controls[0]", "'high' 'target'", "one of")]
    [InlineData("deadline: 2ms", "deadline: 0.05ms", "machineTypes.spindle.controls[0].deadline", "00:00:00.0000500", "at least")]
    [InlineData("min: 0, max: 100, command", "min: 0, max: 0, command", "machineTypes.spindle.controls[1].max", "0", "more than min")]
    [InlineData("statistic: peak", "statistic: peek", "machineTypes.spindle.controls[0].statistic", "'peek'", "did you mean 'peak'")]
    [InlineData("value: 20", "value: 120", "machineTypes.spindle.controls[1].fallback.value", "120", "within the loop's min and max, 0 to 100")]
    [InlineData("value: 20, ", "", "machineTypes.spindle.controls[1].fallback.value", "", "a number, which is missing")]
    [InlineData("value: 20", "value: off", "machineTypes.spindle.controls[1].fallback.value", "'off'", "a number")]
    [InlineData("after: 2s", "after: 200ms", "machineTypes.spindle.controls[1].fallback.after", "00:00:00.2000000", "at least 00:00:00.2050000, in which the loop's window is full")]
    [InlineData("after: 2s", "after: 11m", "machineTypes.spindle.controls[1].fallback.after", "'11m'", "at most 00:10:00")]
    [InlineData(", after: 2s", "", "machineTypes.spindle.controls[1].fallback.after", "", "a duration of at least")]
    [InlineData("after: 2s", "after: 2s, then: stop", "machineTypes.spindle.controls[1].fallback.then", "unknown key", "value, after, priority")]
    [InlineData("after: 2s", "after: 2s, priority: urgent", "machineTypes.spindle.controls[1].fallback.priority", "'urgent'", "critical")]
    [InlineData("after: 2s", "after: 2s, command: dri ve", "machineTypes.spindle.controls[1].fallback.command", "'dri ve'", "a name of letters")]
    [InlineData("fallback: {value: 20, after: 2s}", "fallback: 20", "machineTypes.spindle.controls[1].fallback", "'20'", "a mapping")]
    [InlineData("name: hold-speed", "name: hold-the-speed-of-the-main-spindle-where-its-operator-has-set-it", "machineTypes.spindle.controls[1].fallback", "characters", "at most 55 characters")]
    [InlineData("{name: bearing", "{name: hold-speed.fallback", "machineTypes.spindle.alarms", "'hold-speed.fallback'", "another name")]
    [InlineData("extends: rotating", "extends: rotator", "machineTypes.spindle.extends", "'rotator'", "a machine type of this file")]
    public void A_mistake_is_named_with_its_path_its_value_and_what_was_expected(string from, string to, string path, string value, string expected)
    {
        var text = Good.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Good, text);
        var result = PlantFile.Parse("plant.yaml", text);
        Assert.Null(result.Declaration);
        var error = Assert.Single(result.Errors, error => error.Path == path);
        Assert.Contains(value, error.Value, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.InRange(error.Line, 1, Good.Split('\n').Length);
        Assert.StartsWith($"plant.yaml:{error.Line}:{error.Column}: {path}", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_come_at_once_in_the_order_of_their_lines()
    {
        var text = Good.Replace("rateHz: 10}", "rateHz: 0}", StringComparison.Ordinal)
            .Replace("medianOf: 3", "medianOf: 2", StringComparison.Ordinal)
            .Replace("type: rotating}", "type: nothing}", StringComparison.Ordinal);
        var errors = PlantFile.Parse("plant.yaml", text).Errors;
        Assert.Equal(3, errors.Count);
        Assert.Equal(errors.OrderBy(error => error.Line), errors);
    }

    [Fact]
    public void Types_that_extend_each_other_are_shown_as_a_circle()
    {
        var text = Good.Replace("  rotating:\n", "  rotating:\n    extends: spindle\n", StringComparison.Ordinal);
        var error = Assert.Single(PlantFile.Parse("plant.yaml", text).Errors, error => error.Value.Contains("circle", StringComparison.Ordinal));
        Assert.Contains("rotating extends spindle extends rotating", error.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, "", "an empty file", "a plant")]
    [InlineData("site: a\nsite: b\n", 2, "site", "the key 'site' again", "each key once; it stands in line 1 already")]
    [InlineData("site: a\nmachineTypes:\n  m:\n    channels: []\n    channels: []\n", 5, "machineTypes.m.channels", "the key 'channels' again", "line 4")]
    [InlineData("a: &x [1]\nb:\n  c: [2, *x]\n", 3, "b.c[1]", "the alias '*x'", "extends")]
    [InlineData("a: &x\n  b: *x\n", 2, "a.b", "the alias '*x'", "extends")]
    [InlineData("a: &x [*x]\n", 1, "a[0]", "the alias '*x'", "extends")]
    [InlineData("a:\n  <<: *nothing\n", 2, "a.<<", "the alias '*nothing'", "extends")]
    [InlineData("site: a\n---\nsite: b\n", 2, "", "second document", "one document")]
    [InlineData("site: [a\n", 2, "site[0]", "did not find", "YAML 1.2")]
    [InlineData("site: a\nlines:\n\t- line: b\n", 3, "", "invalid tab", "YAML 1.2")]
    [InlineData("- 1\n- 2\n", 1, "", "a list", "a mapping")]
    [InlineData("? [a]\n: b\n", 1, "", "as a key", "a name")]
    [InlineData("site: [wuhan]\n", 1, "site", "a list", "a name")]
    [InlineData("site: {a: b}\n", 1, "site", "a mapping", "a name")]
    [InlineData("site: a\nmachineTypes: [x]\n", 2, "machineTypes", "a list", "a mapping")]
    [InlineData("site: a\nlines: {x: y}\n", 2, "lines", "a mapping", "a list")]
    [InlineData("site: a\nlines: 7\n", 2, "lines", "'7'", "a list")]
    public void What_is_no_plant_at_all_is_told_with_its_place(string text, int line, string path, string found, string expected)
    {
        var result = PlantFile.Parse("plant.yaml", text);
        Assert.Null(result.Declaration);
        var error = result.Errors.FirstOrDefault(error => error.Path == path && error.Value.Contains(found, StringComparison.Ordinal));
        Assert.True(error is not null, string.Join('\n', result.Errors));
        Assert.Equal(("plant.yaml", line), (error.File, error.Line));
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.All(result.Errors, other => Assert.NotEmpty(other.Expected));
    }

    [Fact]
    public void Bytes_that_are_no_utf8_and_files_that_are_too_large_or_missing_are_told_so()
    {
        Assert.Contains("UTF-8", Assert.Single(PlantFile.Parse("p", new byte[] { 0x73, 0xC3, 0x28 }).Errors).Value, StringComparison.Ordinal);
        Assert.Contains("bytes", Assert.Single(PlantFile.Parse("p", new byte[PlantFile.BytesMax + 1]).Errors).Value, StringComparison.Ordinal);
        Assert.Single(PlantFile.Read("no-such-plant.yaml").Errors);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var text = string.Concat(Enumerable.Repeat("[", 5_000)) + string.Concat(Enumerable.Repeat("]", 5_000));
        Assert.NotEmpty(PlantFile.Parse("p", text).Errors);
    }

    [Fact]
    public void Mutilated_files_never_throw() =>
        Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Int[0, 40], Gen.OneOfConst("", "\t", ": ", "{", "]", "\"", "- ", "&a ", "*a", "\0", "1e999", "null"))
            .Sample((at, cut, put) =>
            {
                var text = Good[..at] + put + Good[Math.Min(Good.Length, at + cut)..];
                var result = PlantFile.Parse("p", text);
                Assert.True(result.Declaration is not null ^ result.Errors.Count > 0);
            }, iter: 2_000);
}
