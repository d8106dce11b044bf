using IndustrialTwin.Conformance;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations.Aggregation;
using IndustrialTwin.Operations.Matrices;
using IndustrialTwin.Operations.MatrixProfiles;
using IndustrialTwin.Operations.MonteCarlo;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Long jobs of the catalogue give way between their steps, and steps change no result.</summary>
public sealed class LongJobTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly ProductionLine Line = new([(0.1, 0.5), (0.05, 0.3), (0.2, 0.6)], [3, 1]);

    public static TheoryData<string, string> Jobs()
    {
        var data = new TheoryData<string, string>();
        foreach (var device in new[] { "native-simd", "native-portable", DevicesPresent.Simulator, DevicesPresent.OpenClForced, DevicesPresent.Cuda })
        {
            foreach (var job in new[] { "matrix-profile", "degradation", "line", "product", "mean", "median" })
                data.Add(device, job);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task Control_jobs_pass_between_its_steps(string name, string job)
    {
        await using var device = await OpenAsync(name);
        // The simulator needs a hundred times as long as a device.
        var isSmall = name == DevicesPresent.Simulator;
        switch (job)
        {
            case "matrix-profile":
                await CheckAsync(
                    device,
                    new Long<MatrixProfileInput, MatrixProfileResult[]>(MatrixProfile.Instance),
                    new MatrixProfileInput(Signals.Windows(2, isSmall ? 40 : 1_500, 1), isSmall ? 5 : 20),
                    (expected, actual) => Assert.All(expected.Zip(actual), pair => AssertClose(pair.First.Distances, pair.Second.Distances, 1e-6)));
                break;
            case "degradation":
                await CheckAsync(
                    device,
                    new Long<DegradationInput, DegradationResult>(DegradationWhatIf.Instance),
                    new DegradationInput(0, 0.01, 0.2, isSmall ? 3 : 40, isSmall ? 60 : 6_000, isSmall ? 37 : 77),
                    (expected, actual) => Assert.Equal(expected.FailureSteps, actual.FailureSteps));
                break;
            case "line":
                await CheckAsync(
                    device,
                    new Long<LineInput, LineResult>(LineWhatIf.Instance),
                    new LineInput(Line, isSmall ? 30 : 20_000, isSmall ? 5 : 500, isSmall ? 9 : 21),
                    (expected, actual) => Assert.Equal(expected.Produced, actual.Produced));
                break;
            case "product":
                var (rows, inner, columns) = isSmall ? (70, 20, 130) : (100, 300, 1_100);
                await CheckAsync(
                    device,
                    new Long<MatrixProductInput, float[]>(MatrixProduct.Instance),
                    new MatrixProductInput(
                        Signals.Floats(rows * inner, 1), Signals.Floats(inner * columns, 2), rows, inner, columns,
                        Alpha: 0.5f, Beta: 2, C: Signals.Floats(rows * columns, 3)),
                    (expected, actual) => AssertClose(Array.ConvertAll(expected, x => (double)x), Array.ConvertAll(actual, x => (double)x), 1e-5));
                break;
            default:
                var (workers, coordinates) = (isSmall ? 2 : 9, isSmall ? 9_000 : job == "mean" ? 100_003 : 40_003);
                await CheckAsync(
                    device,
                    new Long<GradientAggregationInput, AggregatedGradient>(GradientAggregation.Instance),
                    new GradientAggregationInput(
                        Array.ConvertAll(Signals.Floats(workers * coordinates, 4), x => x + 1),
                        workers,
                        job == "mean" ? AggregationRule.WeightedMean : AggregationRule.Median,
                        ClipNorm: 300),
                    (expected, actual) =>
                    {
                        AssertClose(Array.ConvertAll(expected.Values, x => (double)x), Array.ConvertAll(actual.Values, x => (double)x), 1e-5);
                        Assert.Equal(expected.Clipped, actual.Clipped);
                    });
                break;
        }
    }

    /// <summary>A control job is brought at each of the first steps; each is launched before the next step of the long job.</summary>
    private static async Task CheckAsync<TInput, TResult>(
        IComputeDevice device, Long<TInput, TResult> operation, TInput input, Action<TResult, TResult> compare)
    {
        const int Controls = 3;
        var scripted = new ScriptedOperation();
        var controls = new List<Task<JobOutcome<double[]>>>();
        operation.Stepped = step =>
        {
            if (step <= Controls)
            {
                controls.Add(device.RunAsync(
                    scripted, new Script(step, () => operation.Steps, Shape: step), new JobOptions(Class: JobClass.Control)).AsTask());
            }
        };
        var outcome = await device.RunAsync(operation, input, new JobOptions(Class: JobClass.Deferrable)).AsTask().WaitAsync(Patience);
        Assert.True(outcome.TryGetResult(out var result), outcome.Reason);
        Assert.True(operation.Steps > Controls, $"{operation.Name} has {operation.Steps} steps.");
        for (var i = 0; i < Controls; i++)
            Assert.Equal(i + 1, Assert.Single((await controls[i]).Result!));
        compare(operation.Reference(input), result);
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var error = Math.Sqrt(expected.Zip(actual, (e, a) => double.IsInfinity(e) && e.Equals(a) ? 0 : (e - a) * (e - a)).Sum());
        Assert.True(error <= tolerance * Math.Sqrt(expected.Where(double.IsFinite).Sum(x => x * x)), $"The error is {error:g3}.");
    }

    [Fact]
    public void What_is_short_shares_a_launch()
    {
        Assert.False(MatrixProfile.Instance.IsLong(new MatrixProfileInput(Signals.Windows(1, 300, 1), 16)));
        Assert.True(MatrixProfile.Instance.IsLong(new MatrixProfileInput(Signals.Windows(1, 4_000, 1), 16)));
        Assert.False(DegradationWhatIf.Instance.IsLong(new DegradationInput(0, 1, 1, 9, 100, 1_000)));
        Assert.True(DegradationWhatIf.Instance.IsLong(new DegradationInput(0, 1, 1, 9, 1_000, 1_000)));
        Assert.False(LineWhatIf.Instance.IsLong(new LineInput(Line, 1_000, 0, 100)));
        Assert.True(LineWhatIf.Instance.IsLong(new LineInput(Line, 1_000, 0, 1_000)));
        Assert.True(MatrixProduct.Instance.IsLong(new MatrixProductInput(new float[1 << 18], new float[1 << 18], 512, 512, 512)));
        Assert.False(MatrixProduct.Instance.IsLong(new MatrixProductInput(new float[1 << 16], new float[1 << 16], 256, 256, 256)));
        Assert.False(GradientAggregation.Instance.IsLong(new GradientAggregationInput(new float[1_000], 10)));
    }

    [Fact]
    public void A_pace_finds_steps_of_the_right_length()
    {
        var pace = new SlicePace(4, 1_000);
        for (var i = 0; i < 20; i++)
            pace.Took(TimeSpan.FromMicroseconds(pace.Amount));
        Assert.InRange(pace.Amount, 250, 512);
        for (var i = 0; i < 20; i++)
            pace.Took(TimeSpan.FromMilliseconds(pace.Amount));
        Assert.Equal(4, pace.Amount);
        for (var i = 0; i < 20; i++)
            pace.Took(TimeSpan.Zero);
        Assert.Equal(1_000, pace.Amount);
    }

    private static async Task<IComputeDevice> OpenAsync(string name)
    {
        // A slice that ends only when something arrives: what is counted is then steps, whatever the machine's load.
        var options = new DeviceOptions { SliceMax = TimeSpan.FromSeconds(1), LaunchMax = TimeSpan.FromMinutes(5) };
        if (name.StartsWith("native", StringComparison.Ordinal))
            return await DeviceDiscovery.OpenNativeAsync(name, name == "native-simd" ? NativeCode.Simd : NativeCode.Portable, options);
        var device = DevicesPresent.Ilgpu(name, options);
        try
        {
            await device.OpenAsync();
        }
        catch (Exception absent)
        {
            Assert.Skip($"{name}: {absent.Message}");
        }

        return device;
    }
}
