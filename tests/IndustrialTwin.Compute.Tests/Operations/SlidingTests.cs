using CsCheck;
using IndustrialTwin.Conformance;
using IndustrialTwin.Devices;
using IndustrialTwin.Devices.Residents;
using IndustrialTwin.Operations.Sliding;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Series that stay on their device: what is there need not be brought, and nothing is ever computed from what is not.</summary>
public sealed class SlidingTests
{
    private static readonly float[] Series = Signals.Windows(1, 60_000, 7, offset: 20).Samples.ToArray();
    private readonly ScriptedOperation _operation = new();

    private static SlidingWindows Windows(ResidentKey key, int end, int length, int stride, int count, int newest)
    {
        var windows = new SlidingWindows(key, end, default, length, stride, count);
        return windows with { Samples = Series.AsMemory(end - newest, newest) };
    }

    private static WindowSummary[] Expected(SlidingWindows windows) => WindowStatistics.Instance.Reference(
        SlidingOperation<SlidingWindows, WindowBatch, WindowSummary[]>.Unfold(
            windows with { Samples = Series.AsMemory((int)windows.First, (int)windows.Span) }));

    private static void AssertEqual(WindowSummary[] expected, WindowSummary[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Min, actual[i].Min);
            Assert.Equal(expected[i].Max, actual[i].Max);
            Assert.Equal(expected[i].Mean, actual[i].Mean, 9);
            Assert.Equal(expected[i].StandardDeviation, actual[i].StandardDeviation, 9);
        }
    }

    private static readonly Gen<(int Series, int Step, int Length, int Stride, int Count, int Given)[][]> Launches = Gen.Select(
        Gen.Int[0, 5], Gen.Int[-40, 60], Gen.Int[1, 70], Gen.Int[1, 80], Gen.Int[1, 4], Gen.Int[-20, 300]).Array[1, 6].Array[1, 25];

    [Theory]
    [InlineData(2_048)]
    [InlineData(8_192)]
    [InlineData(1 << 20)]
    [InlineData(0)]
    public void A_native_form_answers_right_or_that_samples_are_missing(int bytesMax) => Launches.Sample(
        launches => Check(launches, new SlidingNative<SlidingWindows, WindowBatch, WindowSummary[]>(
            SlidingStatistics.Instance, new WindowStatisticsNative(NativeCode.Simd), new NativeResidents(new ResidentPool(bytesMax)), isPlain: bytesMax == 8_192)),
        iter: 300);

    /// <summary>Any order of jobs, overtaken ones, gaps, several of a series in one launch, little room: right, or missing where not all was given.</summary>
    private static void Check(
        (int Series, int Step, int Length, int Stride, int Count, int Given)[][] launches, OperationForm<SlidingWindows, SlidingResult<WindowSummary[]>> form)
    {
        using (form)
        {
            var keys = Enumerable.Range(0, 6).Select(_ => ResidentKey.Create()).ToArray();
            var ends = Enumerable.Repeat(1_000, 6).ToArray();
            foreach (var launch in launches)
            {
                var inputs = launch.Select(job =>
                {
                    ends[job.Series] = Math.Max(400, ends[job.Series] + job.Step);
                    var windows = new SlidingWindows(keys[job.Series], ends[job.Series], default, job.Length, job.Stride, job.Count);
                    var given = job.Given < 0 ? windows.Span : Math.Min(windows.Span, job.Given);
                    windows = windows with { Samples = Series.AsMemory(ends[job.Series] - (int)given, (int)given) };
                    SlidingStatistics.Instance.Validate(windows);
                    return windows;
                }).GroupBy(windows => windows.Length);
                foreach (var group in inputs)
                {
                    var results = new SlidingResult<WindowSummary[]>[group.Count()];
                    form.Launch(group.ToArray(), results);
                    foreach (var (windows, result) in group.Zip(results))
                    {
                        if (result.TryGetValue(out var summaries))
                            AssertEqual(Expected(windows), summaries);
                        else
                            Assert.False(windows.IsWhole);
                    }
                }
            }
        }
    }

    [Fact]
    public async Task An_ilgpu_form_answers_right_or_that_samples_are_missing()
    {
        await using var device = DevicesPresent.Ilgpu(DevicesPresent.Simulator, new DeviceOptions { ResidentBytesMax = 4_096 });
        await device.OpenAsync();
        await Gen.Select(
            Gen.Int[0, 3], Gen.Int[0, 20], Gen.Int[1, 3], Gen.Int[1, 6], Gen.Int[0, 40]).Array[1, 12].SampleAsync(
            async jobs =>
            {
                var keys = Enumerable.Range(0, 4).Select(_ => ResidentKey.Create()).ToArray();
                var end = 500;
                foreach (var (series, step, count, stride, given) in jobs)
                {
                    end += step;
                    var windows = Windows(keys[series], end, 16, stride, count, Math.Min(given, ((count - 1) * stride) + 16));
                    var outcome = await device.RunAsync(SlidingStatistics.Instance, windows);
                    if (outcome.Result.TryGetValue(out var summaries))
                        AssertEqual(Expected(windows), summaries);
                    else
                        Assert.False(windows.IsWhole, outcome.Reason);
                }
            },
            iter: 15,
            threads: 1);
    }

    public static TheoryData<string> Devices { get; } = [.. DevicesPresent.Names];

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task What_is_there_is_not_moved_again_and_two_operations_share_it(string name)
    {
        await using var devices = new DevicesPresent();
        var device = await devices.OpenAsync(name);
        Assert.SkipUnless(SlidingStatistics.Instance.CanRunOn(device.Description), "no float64");
        var key = ResidentKey.Create();
        var layout = new SpectrumLayout(100, [new(5, 20)], isSpectrumIncluded: false);
        Assert.True((await device.RunAsync(SlidingStatistics.Instance, Windows(key, 512, 64, 16, 3, 96))).Result.TryGetValue(out _));
        Assert.Equal(new ResidentStatus(0, 0, 1, 0, 4 * 96, 0, 1), device.Status.Resident);
        var end = 512;
        for (var i = 0; i < 40; i++)
        {
            end += 16;
            var statistics = Windows(key, end, 64, 16, 3, 16);
            var answer = await device.RunAsync(SlidingStatistics.Instance, statistics);
            Assert.True(answer.Result.TryGetValue(out var summaries), answer.Reason);
            AssertEqual(Expected(statistics), summaries);
            // The same samples, which the first operation has brought.
            var spectrum = await device.RunAsync(SlidingSpectrum.Instance, new SlidingSpectrumInput(Windows(key, end, 64, 32, 2, 0), layout));
            Assert.True(spectrum.Result.TryGetValue(out var bands), spectrum.Reason);
            var expected = PowerSpectrum.Instance.Reference(new SpectrumInput(
                new WindowBatch(Series.AsSpan(end - 96, 64).ToArray().Concat(Series.AsSpan(end - 64, 64).ToArray()).ToArray(), 64), layout));
            Assert.Equal(expected.BandEnergies[0], bands.BandEnergies[0], expected.BandEnergies[0] * 1e-4);
            Assert.Equal(expected.BandEnergies[1], bands.BandEnergies[1], expected.BandEnergies[1] * 1e-4);
        }

        Assert.Equal(new ResidentStatus(80, 0, 1, 0, 4 * (96 + (40 * 16)), 4 * 40 * (96 - 16 + 96), 1), device.Status.Resident);
    }

    [Fact]
    public async Task A_gap_is_answered_as_missing_and_whole_windows_heal_it()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        var key = ResidentKey.Create();
        Assert.True((await Ask(Windows(key, 100, 64, 1, 1, 10))).IsMissing);
        Assert.False((await Ask(Windows(key, 100, 64, 1, 1, 64))).IsMissing);
        Assert.True((await Ask(Windows(key, 112, 64, 1, 1, 11))).IsMissing);
        Assert.False((await Ask(Windows(key, 112, 64, 1, 1, 12))).IsMissing);
        Assert.True((await Ask(Windows(key, 200, 64, 1, 1, 63))).IsMissing);
        Assert.False((await Ask(Windows(key, 200, 64, 1, 1, 64))).IsMissing);
        Assert.True((await Ask(Windows(ResidentKey.Create(), 200, 64, 1, 1, 0))).IsMissing);
        Assert.False((await Ask(Windows(default, 200, 64, 1, 1, 64))).IsHeld);
        Assert.Equal((4, 2, 8), (device.Status.Resident.Misses, device.Status.Resident.Loads, device.Status.JobsDone));

        async Task<SlidingResult<WindowSummary[]>> Ask(SlidingWindows windows)
        {
            var result = (await device.RunAsync(SlidingStatistics.Instance, windows)).Result;
            if (result.TryGetValue(out var summaries))
                AssertEqual(Expected(windows), summaries);
            return result;
        }
    }

    [Fact]
    public async Task The_series_that_was_used_longest_ago_makes_room()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync(options: new DeviceOptions { ResidentBytesMax = 4 * 512 });
        var keys = Enumerable.Range(0, 5).Select(_ => ResidentKey.Create()).ToArray();
        foreach (var key in keys[..4])
            await device.RunAsync(SlidingStatistics.Instance, Windows(key, 100, 64, 1, 1, 64));
        await device.RunAsync(SlidingStatistics.Instance, Windows(keys[0], 101, 64, 1, 1, 1));
        await device.RunAsync(SlidingStatistics.Instance, Windows(keys[4], 100, 64, 1, 1, 64));
        Assert.Equal((1, 4), (device.Status.Resident.Evictions, device.Status.Resident.Series));
        Assert.False((await device.RunAsync(SlidingStatistics.Instance, Windows(keys[0], 102, 64, 1, 1, 1))).Result.IsMissing);
        Assert.True((await device.RunAsync(SlidingStatistics.Instance, Windows(keys[1], 101, 64, 1, 1, 1))).Result.IsMissing);
        // Larger than the whole block: computed, and not kept.
        Assert.False((await device.RunAsync(SlidingStatistics.Instance, Windows(keys[0], 600, 257, 1, 1, 257))).Result.IsMissing);
        Assert.Equal(4, device.Status.Resident.Series);
    }

    [Theory]
    [InlineData(DevicesPresent.Simulator)]
    [InlineData(DevicesPresent.OpenClForced)]
    [InlineData(DevicesPresent.Cuda)]
    public async Task A_rebuilt_device_holds_nothing_and_says_so(string name)
    {
        await using var device = DevicesPresent.Ilgpu(name);
        try
        {
            await device.OpenAsync();
        }
        catch (Exception absent)
        {
            Assert.Skip($"{name}: {absent.Message}");
        }

        var key = ResidentKey.Create();
        Assert.False((await device.RunAsync(SlidingStatistics.Instance, Windows(key, 100, 16, 1, 1, 16))).Result.IsMissing);
        Assert.False((await device.RunAsync(SlidingStatistics.Instance, Windows(key, 101, 16, 1, 1, 1))).Result.IsMissing);
        Assert.Equal(JobOutcomeKind.Failed, (await device.RunAsync(_operation, new Script(1, () => throw new InvalidOperationException("lost")))).Kind);
        Assert.True((await device.RunAsync(SlidingStatistics.Instance, Windows(key, 102, 16, 1, 1, 1))).Result.IsMissing);
        var healed = Windows(key, 102, 16, 1, 1, 16);
        Assert.True((await device.RunAsync(SlidingStatistics.Instance, healed)).Result.TryGetValue(out var summaries));
        AssertEqual(Expected(healed), summaries);
        Assert.Equal(1, device.Status.Rebuilds);
    }

    [Fact]
    public void Nonsense_is_refused_with_its_name()
    {
        var good = new SlidingWindows(ResidentKey.Create(), 100, Series.AsMemory(0, 10), 64);
        SlidingStatistics.Instance.Validate(good);
        foreach (var (bad, name) in new[]
        {
            (good with { Length = 0 }, "Length is 0"), (good with { Stride = 0 }, "Stride is 0"), (good with { Count = 0 }, "Count is 0"),
            (good with { End = 63 }, "End is 63"), (good with { Samples = Series.AsMemory(0, 65) }, "Samples holds 65"),
            (good with { Samples = new[] { 1, float.NaN } }, "Samples[1] is NaN"), (good with { Count = int.MaxValue, Stride = int.MaxValue }, "Count is"),
        })
        {
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => SlidingStatistics.Instance.Validate(bad)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => SlidingSpectrum.Instance.Validate(new SlidingSpectrumInput(good with { Length = 63 }, new SpectrumLayout(1, [], true))));
    }
}
