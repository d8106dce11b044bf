using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Spectra;
using Microsoft.Extensions.Logging.Abstractions;

namespace IndustrialTwin.Devices;

/// <summary>A device whose hardware may be lost, may not open, and may compute wrong; its forms are the native ones.</summary>
internal sealed class TestDevice(DeviceOptions? options = null, TimeProvider? time = null, string id = "test-0")
    : OwnedDevice(id, options ?? DeviceOptions.Default, time ?? TimeProvider.System, NullLogger.Instance)
{
    public int Opens;

    public int Closes;

    /// <summary>Run whenever the hardware is opened, with the number of the attempt from 1; it may throw or wait.</summary>
    public Action<int> Opening { get; init; } = _ => { };

    /// <summary>Whether hardware computes spectra wrong, by the number of its opening.</summary>
    public Predicate<int> IsLying { get; init; } = _ => false;

    protected internal override bool IsRebuiltAfterFailure => true;

    protected internal override DeviceHardware OpenHardware()
    {
        var attempt = Interlocked.Increment(ref Opens);
        Opening(attempt);
        return new Hardware(this, IsLying(attempt));
    }

    private sealed class Hardware(TestDevice device, bool isLying) : DeviceHardware
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public override DeviceDescription Description { get; } = new("test-0", DeviceKind.NativeCpu, "a test", 1 << 20, 1, true, 256);

        public override OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation)
        {
            CheckThread();
            var form = operation.CreateNativeForm(NativeCode.Portable);
            return isLying && form is OperationForm<SpectrumInput, SpectrumResult> spectrum
                ? (OperationForm<TInput, TResult>)(object)new Lying(spectrum)
                : form;
        }

        public override void Dispose()
        {
            CheckThread();
            Interlocked.Increment(ref device.Closes);
        }

        private void CheckThread()
        {
            if (Environment.CurrentManagedThreadId != _thread)
                Environment.FailFast("Hardware was touched by a thread that does not own it.");
        }
    }

    private sealed class Lying(OperationForm<SpectrumInput, SpectrumResult> honest) : OperationForm<SpectrumInput, SpectrumResult>
    {
        public override void Launch(ReadOnlySpan<SpectrumInput> inputs, Span<SpectrumResult> results)
        {
            honest.Launch(inputs, results);
            foreach (var result in results)
                result.Spectra[0] += 1;
        }
    }
}
