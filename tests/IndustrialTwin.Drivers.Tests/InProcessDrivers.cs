using System.Globalization;
using System.Runtime.InteropServices;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Drivers;

/// <summary>A driver that has forms: here those of the processor.</summary>
public sealed class TypedDriver : DeviceDriver
{
    public override DeviceHardware Open(string id) => new Hardware(id);

    private sealed class Hardware(string id) : DeviceHardware
    {
        public override DeviceDescription Description { get; } = new(id, DeviceKind.Asic, "the processor, by forms", 0, 1, true, 64);

        public override OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation) =>
            operation.CreateNativeForm(NativeCode.Portable);

        public override void Dispose()
        {
        }
    }
}

/// <summary>A driver that takes arrays and has one operation, power spectra without a plan for speed; it may be told to compute wrong.</summary>
public sealed class ArrayDriver(IReadOnlyDictionary<string, string> settings) : DeviceDriver
{
    private readonly double _gain = settings.TryGetValue("gain", out var gain) ? double.Parse(gain, CultureInfo.InvariantCulture) : 1;

    public override DeviceHardware Open(string id) => new Hardware(id, _gain);

    private sealed class Hardware(string id, double gain) : ArrayHardware
    {
        public override DeviceDescription Description { get; } = new(id, DeviceKind.Npu, "the processor, by arrays", 0, 1, true, 64)
        {
            Operations = new HashSet<string> { "power-spectrum" },
        };

        public override IReadOnlyList<IReadOnlyList<NamedArray>> Launch(string operation, IReadOnlyList<ArrayJob> jobs) => [.. jobs.Select(Run)];

        public override void Dispose()
        {
        }

        private NamedArray[] Run(ArrayJob job)
        {
            var samples = job.Inputs[0];
            var edges = job.Inputs[2].ToFloat64();
            var layout = new SpectrumLayout(
                job.Inputs[1].ToFloat64()[0], MemoryMarshal.Cast<double, FrequencyBand>(edges), isSpectrumIncluded: job.Inputs[3].ToInt64()[0] == 1);
            var result = PowerSpectrum.Instance.Reference(new SpectrumInput(new WindowBatch(samples.ToFloat32(), (int)samples.Extents[1]), layout));
            float[] spectra = [.. result.Spectra.Select(power => (float)(gain * power))];
            return
            [
                NamedArray.Of("band-energies", result.BandEnergies, job.Results[0].Extents),
                NamedArray.Of("spectra", spectra, job.Results[1].Extents),
            ];
        }
    }
}
