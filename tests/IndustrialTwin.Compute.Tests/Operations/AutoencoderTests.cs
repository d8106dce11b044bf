using IndustrialTwin.Conformance;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations.Autoencoders;
using IndustrialTwin.Operations.Numerics;
using Xunit;

namespace IndustrialTwin.Operations;

public sealed class AutoencoderTests
{
    private const int Channels = 8;

    [Theory]
    [InlineData(NativeCode.Simd)]
    [InlineData(NativeCode.Portable)]
    public void What_breaks_the_normal_relation_of_channels_scores_high(NativeCode code)
    {
        var (state, losses) = (TrainingState.Start(AutoencoderModel.Create(new AutoencoderShape(Channels, 16, 2), 7)), new List<double>());
        var rows = Rows(2_000, 1);
        for (var slice = 0; slice < 20; slice++)
        {
            var result = Train(new AutoencoderTrainInput(state, rows, 50, 64, 5e-3f, 11), code);
            state = result.State;
            losses.Add(result.Loss);
        }

        Assert.Equal(1_000, state.Step);
        Assert.True(losses[^1] < 0.1 * losses[0], $"Loss went from {losses[0]:g3} to {losses[^1]:g3}.");
        var normal = Score(Rows(500, 2), state.Model, code);
        // Each channel alone stays in its range; only their relation is broken.
        var broken = Rows(500, 3).Samples.ToArray();
        for (var r = 0; r < 500; r++)
            broken[(r * Channels) + 3] = -broken[(r * Channels) + 3] + (broken[(r * Channels) + 3] > 0 ? -1 : 1);
        var odd = Score(new WindowBatch(broken, Channels), state.Model, code);
        var limit = normal.Order().ElementAt(490);
        Assert.True(odd.Count(x => x > limit) > 450, $"{odd.Count(x => x > limit)} of 500 are above the limit of 98 % of the normal rows.");
    }

    [Theory]
    [InlineData(NativeCode.Simd)]
    [InlineData(NativeCode.Portable)]
    public void Slices_give_what_one_run_gives_to_the_bit(NativeCode code)
    {
        var start = TrainingState.Start(AutoencoderModel.Create(new AutoencoderShape(Channels, 6, 3), 1));
        var rows = Rows(100, 4);
        var whole = Train(new AutoencoderTrainInput(start, rows, 24, 10, 1e-2f, 5), code).State;
        var sliced = start;
        for (var i = 0; i < 4; i++)
            sliced = Train(new AutoencoderTrainInput(sliced, rows, 6, 10, 1e-2f, 5), code).State;
        Assert.Equal(whole.Model.Parameters, sliced.Model.Parameters);
        Assert.Equal(whole.SecondMoments, sliced.SecondMoments);
        Assert.Equal(24, sliced.Step);
        var other = Train(new AutoencoderTrainInput(start, rows, 24, 10, 1e-2f, 6), code).State;
        Assert.NotEqual(whole.Model.Parameters, other.Model.Parameters);
        // What a job was given stays as it was.
        Assert.All(start.FirstMoments, x => Assert.Equal(0, x));
    }

    [Theory]
    [InlineData("native-simd")]
    [InlineData(DevicesPresent.Simulator)]
    public async Task A_control_job_passes_training_that_is_under_way(string name)
    {
        await using var present = new DevicesPresent();
        var device = await present.OpenAsync(name);
        var state = TrainingState.Start(AutoencoderModel.Create(new AutoencoderShape(Channels, 12, 3), 1));
        var (steps, rows) = name == DevicesPresent.Simulator ? (8, 4) : (64, 256);
        // The second waits behind the first, so neither has ended when the control job comes.
        var training = Enumerable.Range(0, 4)
            .Select(_ => device.RunAsync(
                AutoencoderTrain.Instance, new AutoencoderTrainInput(state, Rows(300, 1), steps, rows), new JobOptions(Class: JobClass.Deferrable)).AsTask())
            .ToArray();
        var control = await device.RunAsync(
            AutoencoderScore.Instance, new AutoencoderScoreInput(Rows(4, 2), state.Model), new JobOptions(Class: JobClass.Control));
        Assert.True(control.TryGetResult(out _), control.Reason);
        Assert.False(training[^1].IsCompleted);
        foreach (var outcome in await Task.WhenAll(training))
        {
            Assert.True(outcome.TryGetResult(out var result), outcome.Reason);
            Assert.Equal(steps, result.State.Step);
        }
    }

    [Fact]
    public void Philox_draws_the_words_of_its_authors()
    {
        // Known answers of Random123, philox4x32, 10 rounds.
        var zero = Philox.Draw(0, 0, 0, 0, 0, 0);
        Assert.Equal([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8], (uint[])[zero.First, zero.Second, zero.Third, zero.Fourth]);
        var pi = Philox.Draw(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0);
        Assert.Equal([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1], (uint[])[pi.First, pi.Second, pi.Third, pi.Fourth]);
    }

    [Fact]
    public void Too_long_a_training_is_refused()
    {
        var state = TrainingState.Start(AutoencoderModel.Create(new AutoencoderShape(Channels, 6, 3), 1));
        var error = Assert.Throws<ArgumentException>(
            () => AutoencoderTrain.Instance.Validate(new AutoencoderTrainInput(state, Rows(10, 1), AutoencoderTrain.StepsMax + 1)));
        Assert.Contains("Steps is 1048577; expected 1..1048576", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Eight channels that two hidden quantities drive.</summary>
    internal static WindowBatch Rows(int count, int seed)
    {
        var random = new Random(seed);
        var samples = new float[count * Channels];
        for (var r = 0; r < count; r++)
        {
            var (load, speed) = ((2 * random.NextDouble()) - 1, (2 * random.NextDouble()) - 1);
            for (var c = 0; c < Channels; c++)
                samples[(r * Channels) + c] = (float)((Math.Cos(c) * load) + (Math.Sin(c) * speed) + (0.3 * load * speed) + (0.03 * Signals.Normal(random)));
        }

        return new WindowBatch(samples, Channels);
    }

    private static AutoencoderTrainResult Train(AutoencoderTrainInput input, NativeCode code)
    {
        AutoencoderTrain.Instance.Validate(input);
        using var form = AutoencoderTrain.Instance.CreateNativeForm(code);
        var results = new AutoencoderTrainResult[1];
        form.Launch([input], results);
        return results[0];
    }

    private static float[] Score(WindowBatch rows, AutoencoderModel model, NativeCode code)
    {
        using var form = AutoencoderScore.Instance.CreateNativeForm(code);
        var results = new float[1][];
        form.Launch([new AutoencoderScoreInput(rows, model)], results);
        return results[0];
    }
}
