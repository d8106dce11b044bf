using IndustrialTwin.Devices;
using IndustrialTwin.Operations.Models;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Small models, written by the tests, on the native device.</summary>
public sealed class OnnxModelTests
{
    private const int Inputs = 16;
    private const int Outputs = 5;
    private static readonly float[] Weights = Signals.Windows(1, Inputs * Outputs, 1).Samples.ToArray();
    private static readonly float[] Bias = Signals.Windows(1, Outputs, 2).Samples.ToArray();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task A_model_gives_what_its_definition_says_to_each_job_of_a_batch(int windows)
    {
        var model = OnnxModel.Load("dense", OnnxBytes.Dense(Weights, Bias, Inputs));
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        var inputs = Enumerable.Range(1, 3).Select(seed => Signals.Windows(windows, Inputs, seed)).ToArray();
        using var hold = new Hold();
        await hold.TakeAsync(device, new ScriptedOperation());
        var running = inputs.Select(input => device.RunAsync(model, input).AsTask()).ToArray();
        hold.LetGo();
        var outcomes = await Task.WhenAll(running);
        Assert.Equal(3, outcomes[0].Timing.LaunchJobs);
        for (var job = 0; job < inputs.Length; job++)
        {
            var result = outcomes[job].Result!;
            Assert.Equal(windows * Outputs, result.Length);
            for (var w = 0; w < windows; w++)
            {
                for (var o = 0; o < Outputs; o++)
                {
                    double sum = Bias[o];
                    for (var i = 0; i < Inputs; i++)
                        sum += (double)inputs[job].Window(w)[i] * Weights[(i * Outputs) + o];
                    Assert.Equal(Math.Max(0, sum), result[(w * Outputs) + o], 1e-4);
                }
            }

            var reference = model.Reference(inputs[job]);
            Assert.All(reference.Zip(result), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public void Models_of_the_same_bytes_are_equal()
    {
        var (one, same) = (OnnxModel.Load("dense", OnnxBytes.Dense(Weights, Bias, Inputs)), OnnxModel.Load("dense", OnnxBytes.Dense(Weights, Bias, Inputs)));
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, OnnxModel.Load("dense", OnnxBytes.Dense(Bias, [0], Outputs)));
        Assert.Equal((Inputs, Outputs), (one.InputLength, one.OutputLength));
    }

    [Fact]
    public async Task What_is_wrong_with_a_model_or_an_input_is_said()
    {
        var broken = Assert.Throws<ArgumentException>(() => OnnxModel.Load("dense", [1, 2, 3]));
        Assert.StartsWith("dense: the model cannot be read: ", broken.Message, StringComparison.Ordinal);
        var cut = Assert.Throws<ArgumentException>(() => OnnxModel.Load("dense", OnnxBytes.Dense(Weights, Bias, Inputs).AsSpan(0, 100)));
        Assert.StartsWith("dense: the model cannot be read: ", cut.Message, StringComparison.Ordinal);
        var unbatched = Assert.Throws<ArgumentException>(() => OnnxModel.Load("dense", OnnxBytes.Dense(Weights, Bias, Inputs, batch: "1")));
        Assert.StartsWith("dense: input 'x' has shape [1, 16]; expected a free batch dimension (-1) first", unbatched.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => OnnxModel.Load("dense", []));

        var model = OnnxModel.Load("dense", OnnxBytes.Dense(Weights, Bias, Inputs));
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        var error = await Assert.ThrowsAsync<ArgumentException>(() => device.RunAsync(model, Signals.Windows(1, Inputs + 1, 1)).AsTask());
        Assert.Equal("dense: Length is 17; expected 16..16 samples.", error.Message);
    }

    [Fact]
    public async Task A_model_that_gives_no_number_fails_its_job()
    {
        float[] huge = [float.MaxValue, float.MaxValue];
        var model = OnnxModel.Load("overflowing", OnnxBytes.Dense(huge, [0], 2));
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        var outcome = await device.RunAsync(model, new WindowBatch(new float[] { 1, 1 }, 2));
        Assert.Equal(JobOutcomeKind.Failed, outcome.Kind);
        Assert.EndsWith("no finite result: Outputs[0] is Infinity.", outcome.Reason, StringComparison.Ordinal);
        Assert.True(device.Status.IsHealthy);
    }
}
