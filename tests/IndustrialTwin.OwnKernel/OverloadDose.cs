using ILGPU.Runtime;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;

namespace Acme.Overloads;

/// <summary>Windows of a load signal and the load that the machine is built for.</summary>
/// <param name="Windows">Windows of 1 to 65,536 samples, kN.</param>
/// <param name="LimitKn">Load above which the machine wears, kN, finite.</param>
public readonly record struct OverloadInput(WindowBatch Windows, float LimitKn);

/// <summary>Sum over each window of what its samples exceed the limit by, kN times samples.</summary>
public sealed class OverloadDose : Operation<OverloadInput, float[]>
{
    private OverloadDose()
    {
    }

    /// <summary>The operation.</summary>
    public static OverloadDose Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "acme-overload-dose";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => OverloadDoseIlgpu.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(OverloadInput input)
    {
        input.Windows.Validate(Name, 1, 65_536);
        if (!float.IsFinite(input.LimitKn))
            throw new ArgumentException($"{Name}: LimitKn is {input.LimitKn}; expected a finite number.");
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(OverloadInput input) => new(input.Windows.Length, BitConverter.SingleToInt32Bits(input.LimitKn));

    /// <inheritdoc/>
    public override int WindowsOf(OverloadInput input) => input.Windows.Count;

    /// <inheritdoc/>
    public override float[] Reference(OverloadInput input)
    {
        var doses = new float[input.Windows.Count];
        for (var i = 0; i < doses.Length; i++)
        {
            var dose = 0.0;
            foreach (var x in input.Windows.Window(i))
                dose += Math.Max(0, (double)x - input.LimitKn);
            doses[i] = (float)dose;
        }

        return doses;
    }

    /// <inheritdoc/>
    public override OperationForm<OverloadInput, float[]> CreateNativeForm(NativeCode code) => new OverloadDoseNative(code);

    /// <inheritdoc/>
    public override OperationForm<OverloadInput, float[]> CreateIlgpuForm(Accelerator accelerator) => new OverloadDoseIlgpu(accelerator);
}
