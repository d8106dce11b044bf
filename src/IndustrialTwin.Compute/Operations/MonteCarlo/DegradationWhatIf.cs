using System.Numerics;
using ILGPU.Runtime;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>A quantity that wears towards a limit.</summary>
/// <param name="Level">Where it stands now, in its unit.</param>
/// <param name="Drift">What a step adds on average, in its unit.</param>
/// <param name="Volatility">Standard deviation of what a step adds, in its unit, above 0.</param>
/// <param name="Threshold">It has failed when it is here or above.</param>
/// <param name="Steps">Steps to look ahead, 1..<see cref="DegradationWhatIf.StepsMax"/>.</param>
/// <param name="Paths">Futures to draw, 1..<see cref="DegradationWhatIf.PathsMax"/>.</param>
/// <param name="Seed">Equal seeds draw equal futures on every device.</param>
public readonly record struct DegradationInput(
    double Level, double Drift, double Volatility, double Threshold, int Steps, int Paths, ulong Seed = 1);

/// <summary>
/// When a wearing quantity will fail: paths of a Wiener process with drift (as for remaining useful life: Si et al., European Journal of
/// Operational Research 213, 2011) and the step at which each first reaches the threshold; its law is inverse Gaussian. An increment is
/// (k - 64) / √32 of the volatility, k the set bits of 128 random ones: mean 0, variance 1, and so close to normal that sums of steps
/// cannot tell (weak Euler scheme: Kloeden and Platen 1992, section 14.1). Paths are whole numbers compared with whole limits, so all
/// forms give the same failures.
/// </summary>
public sealed class DegradationWhatIf : Operation<DegradationInput, DegradationResult>
{
    /// <summary>Steps at most.</summary>
    public const int StepsMax = 1 << 20;

    /// <summary>Paths at most.</summary>
    public const int PathsMax = 1 << 20;

    /// <summary>Steps of all paths at most.</summary>
    public const long WorkMax = 1L << 32;

    /// <summary>Steps of all paths that take about a millisecond.</summary>
    private const long LongSteps = 1 << 19;

    private DegradationWhatIf()
    {
    }

    /// <summary>The operation.</summary>
    public static DegradationWhatIf Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "degradation-what-if";

    /// <inheritdoc/>
    public override bool IsSliced => true;

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => DegradationIlgpu.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(DegradationInput input)
    {
        if (!double.IsFinite(input.Level) || !double.IsFinite(input.Drift) || !double.IsFinite(input.Threshold))
            throw new ArgumentException($"{Name}: Level is {input.Level}, Drift is {input.Drift}, Threshold is {input.Threshold}; expected finite numbers.");
        if (!(input.Volatility > 0) || !double.IsFinite(input.Volatility))
            throw new ArgumentException($"{Name}: Volatility is {input.Volatility}; expected a finite number above 0.");
        if (input.Steps is < 1 or > StepsMax || input.Paths is < 1 or > PathsMax || (long)input.Steps * input.Paths > WorkMax)
        {
            throw new ArgumentException(
                $"{Name}: Steps is {input.Steps}, Paths is {input.Paths}; expected 1..{StepsMax} and 1..{PathsMax}, together at most {WorkMax}.");
        }
    }

    /// <inheritdoc/>
    public override bool IsLong(DegradationInput input) => (long)input.Steps * input.Paths > LongSteps;

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(DegradationInput input) => new(input.Steps, input.Paths);

    /// <inheritdoc/>
    public override int WindowsOf(DegradationInput input) => input.Paths;

    /// <inheritdoc/>
    public override OperationWire<DegradationInput, DegradationResult> Wire => DegradationWire.Instance;

    /// <inheritdoc/>
    public override DegradationResult Reference(DegradationInput input)
    {
        var failures = new int[input.Paths];
        for (var path = 0; path < failures.Length; path++)
        {
            failures[path] = -1;
            var wear = 0L;
            for (var step = 1; step <= input.Steps && failures[path] < 0; step++)
            {
                var draw = Philox.Draw((uint)step, (uint)path, 0, 2, (uint)input.Seed, (uint)(input.Seed >> 32));
                wear += BitOperations.PopCount(draw.First) + BitOperations.PopCount(draw.Second)
                    + BitOperations.PopCount(draw.Third) + BitOperations.PopCount(draw.Fourth) - 64;
                // The level itself, in double; only where it meets the threshold to the last bit may a form's whole limit say otherwise.
                if (input.Level + (input.Drift * step) + (input.Volatility * wear / Math.Sqrt(32)) >= input.Threshold)
                    failures[path] = step;
            }
        }

        return new DegradationResult(failures);
    }

    /// <inheritdoc/>
    public override OperationForm<DegradationInput, DegradationResult> CreateNativeForm(NativeCode code) => new DegradationNative(code);

    /// <inheritdoc/>
    public override OperationForm<DegradationInput, DegradationResult> CreateIlgpuForm(Accelerator accelerator) => new DegradationIlgpu(accelerator);

    /// <summary>For each step, from 1 on, the least sum of k - 64 that has reached the threshold.</summary>
    internal static int[] Limits(DegradationInput input)
    {
        var limits = new int[input.Steps];
        Limits(input, limits, 0, limits.Length);
        return limits;
    }

    /// <summary>The same for steps <paramref name="from"/> + 1 to <paramref name="end"/>.</summary>
    internal static void Limits(in DegradationInput input, int[] limits, int from, int end)
    {
        for (var step = from; step < end; step++)
        {
            var limit = Math.Ceiling((input.Threshold - input.Level - (input.Drift * (step + 1))) * Math.Sqrt(32) / input.Volatility);
            limits[step] = (int)Math.Clamp(limit, int.MinValue, int.MaxValue);
        }
    }
}
