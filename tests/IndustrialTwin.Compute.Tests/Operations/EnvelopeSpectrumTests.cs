using IndustrialTwin.Conformance;
using System.Globalization;
using System.Runtime.InteropServices;
using IndustrialTwin.Operations.Bearings;
using IndustrialTwin.Operations.Spectra;
using Xunit;

namespace IndustrialTwin.Operations;

public sealed class EnvelopeSpectrumTests
{
    private static readonly BearingGeometry Skf6205 = new(9, 7.94, 39.04);

    [Fact]
    public void A_modulated_carrier_shows_its_modulation()
    {
        // 2 g at 1,024 Hz, modulated by 40 % at 64 Hz, beside a strong 100 Hz hum: both frequencies lie on bins.
        var samples = new float[4096];
        for (var i = 0; i < samples.Length; i++)
        {
            var t = i / 4096.0;
            samples[i] = (float)((2 * (1 + (0.4 * Math.Cos(2 * Math.PI * 64 * t))) * Math.Cos(2 * Math.PI * 1024 * t)) + (9 * Math.Sin(2 * Math.PI * 100 * t)));
        }

        var layout = new EnvelopeLayout(new SpectrumLayout(4096, [new(60, 68), new(90, 110)]), new(800, 1_300));
        var result = Run(new EnvelopeInput(new WindowBatch(samples, samples.Length), layout));
        Assert.Equal(64, Array.IndexOf(result.Spectra, result.Spectra.Max()));
        Assert.Equal(0.32, result.Spectra[64], 1e-4);
        Assert.Equal(0.32, result.BandEnergies[0], 1e-4);
        Assert.True(result.BandEnergies[1] < 1e-6, "The hum lies outside the carrier.");
    }

    [Fact]
    public void The_maker_s_fault_frequencies_come_out_of_the_geometry()
    {
        // SKF 6205-2RS JEM, as the CWRU Bearing Data Center gives them.
        Assert.Equal(5.4152, Skf6205.InnerRace, 2e-3);
        Assert.Equal(3.5848, Skf6205.OuterRace, 2e-3);
        Assert.Equal(4.7135, 2 * Skf6205.ElementSpin, 5e-3);
        Assert.Equal(0.39828, Skf6205.Cage, 2e-4);
    }

    [Theory]
    [InlineData("IR007_0", BearingFault.InnerRace)]
    [InlineData("IR007_1", BearingFault.InnerRace)]
    [InlineData("IR021_0", BearingFault.InnerRace)]
    [InlineData("OR007_at_6_0", BearingFault.OuterRace)]
    [InlineData("OR007_at_6_2", BearingFault.OuterRace)]
    [InlineData("OR021_at_6_0", BearingFault.OuterRace)]
    public void A_real_fault_shows_at_its_band(string record, BearingFault fault)
    {
        var row = File.ReadLines(DataSets.Path("cwru", "dev", "manifest.csv")).Select(line => line.Split(',')).First(x => x[0].StartsWith(record, StringComparison.Ordinal));
        var header = File.ReadLines(DataSets.Path("cwru", "dev", "manifest.csv")).First().Split(',');
        var shaftHz = double.Parse(row[Array.IndexOf(header, "rpm")], CultureInfo.InvariantCulture) / 60;
        var scale = double.Parse(row[Array.FindIndex(header, x => x.StartsWith("scale", StringComparison.Ordinal))], CultureInfo.InvariantCulture);
        var bytes = File.ReadAllBytes(DataSets.Path("cwru", "dev", record + ".i16"));
        var counts = MemoryMarshal.Cast<byte, short>(bytes);
        const int Length = 16_384;
        var samples = new float[counts.Length / Length * Length];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)(counts[i] * scale);

        var faults = new FaultBands(Skf6205, shaftHz);
        var layout = new EnvelopeLayout(new SpectrumLayout(12_000, faults.Bands), new(2_000, 5_000));
        var windows = new WindowBatch(samples, Length);
        var result = Run(new EnvelopeInput(windows, layout));
        for (var window = 0; window < windows.Count; window++)
        {
            var energies = result.BandEnergies.AsSpan(window * faults.Bands.Length, faults.Bands.Length);
            var others = new List<double>();
            foreach (var other in Enum.GetValues<BearingFault>())
            {
                if (other != fault)
                    others.Add(faults.EnergyOf(other, energies));
            }

            var own = faults.EnergyOf(fault, energies);
            Assert.True(own > 2 * others.Max(), $"{record}, window {window}: {own:g3} at {fault}, {others.Max():g3} at another.");
        }
    }

    [Fact]
    public void A_carrier_without_a_bin_is_refused()
    {
        var layout = new EnvelopeLayout(new SpectrumLayout(1_000, []), new(101, 102));
        var error = Assert.Throws<ArgumentException>(
            () => EnvelopeSpectrum.Instance.Validate(new EnvelopeInput(Signals.Windows(1, 64, 1), layout)));
        Assert.Contains("Carrier 101..102 Hz holds no bin", error.Message, StringComparison.Ordinal);
    }

    private static SpectrumResult Run(EnvelopeInput input)
    {
        EnvelopeSpectrum.Instance.Validate(input);
        using var form = EnvelopeSpectrum.Instance.CreateNativeForm(NativeCode.Simd);
        var results = new SpectrumResult[1];
        form.Launch([input], results);
        return results[0];
    }
}
