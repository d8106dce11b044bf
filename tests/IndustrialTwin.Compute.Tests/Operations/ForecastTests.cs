using IndustrialTwin.Conformance;
using System.Globalization;
using IndustrialTwin.Operations.Forecasts;
using Xunit;

namespace IndustrialTwin.Operations;

public sealed class ForecastTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(NativeCode.Simd, true)]
    [InlineData(NativeCode.Portable, true)]
    [InlineData(NativeCode.Simd, false)]
    [InlineData(NativeCode.Portable, false)]
    public void What_follows_a_rule_is_forecast(NativeCode code, bool isLastSubtracted)
    {
        // A sum of two sines about 7 follows a linear recurrence of its last samples exactly.
        var samples = new float[600];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)(7 + Math.Sin(i * 0.3) + (0.5 * Math.Sin(i * 0.7)));
        var model = Fit(new ForecastFitInput(new WindowBatch(samples.AsMemory(0, 500), 500), 16, 8, 1e-7, isLastSubtracted), code);
        var forecast = Predict(new WindowBatch(samples.AsMemory(500, 16), 16), model, code);
        for (var k = 0; k < 8; k++)
            Assert.Equal(samples[516 + k], forecast[k], 2e-3);
    }

    [Theory]
    [InlineData(true, 0.374, 0.394)]
    [InlineData(false, 0.375, 0.397)]
    public void Etth1_is_forecast_as_well_as_published(bool isLastSubtracted, double publishedMse, double publishedMae)
    {
        // LTSF protocol; published: cure-lab/LTSF-Linear, NLinear and Linear, L = 336, H = 96.
        const int Train = 8_640, TestFrom = 11_520, TestEnd = 14_400, L = 336, H = 96, Variables = 7;
        var rows = File.ReadLines(DataSets.Path("ett", "dev", "ETTh1.csv")).Skip(1).Take(TestEnd)
            .Select(line => Array.ConvertAll(line.Split(',')[1..], x => double.Parse(x, CultureInfo.InvariantCulture))).ToArray();
        var (train, test) = (new float[Variables * Train], new List<float>());
        var targets = new List<float>();
        for (var v = 0; v < Variables; v++)
        {
            var mean = rows.Take(Train).Average(x => x[v]);
            var deviation = Math.Sqrt(rows.Take(Train).Average(x => (x[v] - mean) * (x[v] - mean)));
            var scaled = Array.ConvertAll(rows, x => (float)((x[v] - mean) / deviation));
            scaled.AsSpan(0, Train).CopyTo(train.AsSpan(v * Train));
            for (var t = TestFrom; t + H <= TestEnd; t++)
            {
                test.AddRange(scaled.AsSpan(t - L, L));
                targets.AddRange(scaled.AsSpan(t, H));
            }
        }

        var model = Fit(new ForecastFitInput(new WindowBatch(train, Train), L, H, 1e-2, isLastSubtracted), NativeCode.Simd);
        var forecast = Predict(new WindowBatch(test.ToArray(), L), model, NativeCode.Simd);
        var (squares, magnitudes) = (0.0, 0.0);
        for (var i = 0; i < forecast.Length; i++)
        {
            var error = forecast[i] - (double)targets[i];
            squares += error * error;
            magnitudes += Math.Abs(error);
        }

        var (mse, mae) = (squares / forecast.Length, magnitudes / forecast.Length);
        output.WriteLine($"ETTh1, L 336, H 96, last subtracted {isLastSubtracted}: MSE {mse:f4}, MAE {mae:f4}; published {publishedMse}, {publishedMae}.");
        Assert.InRange(mse, 0.36, publishedMse + 0.002);
        Assert.InRange(mae, 0.38, publishedMae + 0.002);
    }

    [Fact]
    public void A_series_too_short_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => ForecastFit.Instance.Validate(new ForecastFitInput(Signals.Windows(1, 20, 1), 16, 8)));
        Assert.Contains("Length is 20; expected 25..", error.Message, StringComparison.Ordinal);
    }

    private static ForecastModel Fit(ForecastFitInput input, NativeCode code)
    {
        ForecastFit.Instance.Validate(input);
        using var form = ForecastFit.Instance.CreateNativeForm(code);
        var results = new ForecastModel[1];
        form.Launch([input], results);
        return results[0];
    }

    private static float[] Predict(WindowBatch windows, ForecastModel model, NativeCode code)
    {
        Forecast.Instance.Validate(new ForecastInput(windows, model));
        using var form = Forecast.Instance.CreateNativeForm(code);
        var results = new float[1][];
        form.Launch([new ForecastInput(windows, model)], results);
        return results[0];
    }
}
