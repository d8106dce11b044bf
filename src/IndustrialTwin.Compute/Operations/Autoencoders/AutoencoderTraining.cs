using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>
/// The whole training of an <see cref="AutoencoderModel"/> as one job, done in slices: a few steps of <see cref="AutoencoderTrain"/> at a
/// time, and what is more urgent on the device goes in between. It gives what the same steps by <see cref="AutoencoderTrain"/> give.
/// </summary>
public sealed class AutoencoderTraining : Operation<AutoencoderTrainInput, AutoencoderTrainResult>
{
    /// <summary>Steps of one job at most.</summary>
    public const int StepsMax = 1 << 20;

    private AutoencoderTraining()
    {
    }

    /// <summary>The operation.</summary>
    public static AutoencoderTraining Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "autoencoder-training";

    /// <inheritdoc/>
    public override bool IsSliced => true;

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => AutoencoderKernels.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => AutoencoderTrain.Instance.CanRunOn(device);

    /// <inheritdoc/>
    public override void Validate(AutoencoderTrainInput input)
    {
        if (input.Steps is < 1 or > StepsMax)
            throw new ArgumentException($"{Name}: Steps is {input.Steps}; expected 1..{StepsMax}.");
        AutoencoderTrain.Instance.Validate(input with { Steps = 1 });
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(AutoencoderTrainInput input) => AutoencoderTrain.Instance.ShapeOf(input);

    /// <inheritdoc/>
    public override int WindowsOf(AutoencoderTrainInput input) => input.Steps;

    /// <inheritdoc/>
    public override AutoencoderTrainResult Reference(AutoencoderTrainInput input) => AutoencoderReference.Train(input);

    /// <inheritdoc/>
    public override OperationForm<AutoencoderTrainInput, AutoencoderTrainResult> CreateNativeForm(NativeCode code) =>
        new Form(AutoencoderTrain.Instance.CreateNativeForm(code));

    /// <inheritdoc/>
    public override OperationForm<AutoencoderTrainInput, AutoencoderTrainResult> CreateIlgpuForm(Accelerator accelerator) =>
        new Form(AutoencoderTrain.Instance.CreateIlgpuForm(accelerator));

    private sealed class Form(OperationForm<AutoencoderTrainInput, AutoencoderTrainResult> steps) : SlicedForm<AutoencoderTrainInput, AutoencoderTrainResult>
    {
        public override SlicedRun<AutoencoderTrainResult> Begin(AutoencoderTrainInput input) => new Run(steps, input);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                steps.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Run(OperationForm<AutoencoderTrainInput, AutoencoderTrainResult> form, AutoencoderTrainInput input) : SlicedRun<AutoencoderTrainResult>
    {
        /// <summary>Steps at a time: few, as a control job may wait for them; more than one, as each time has its fixed cost.</summary>
        private const int StepsAtOnce = 4;

        private readonly AutoencoderTrainResult[] _slice = new AutoencoderTrainResult[1];
        private TrainingState _state = input.State;
        private double _loss;
        private int _done;

        public override AutoencoderTrainResult Result => new(_state, _loss / _done);

        public override bool Step()
        {
            var steps = Math.Min(StepsAtOnce, input.Steps - _done);
            form.Launch([input with { State = _state, Steps = steps }], _slice);
            _state = _slice[0].State;
            _loss += _slice[0].Loss * steps;
            _done += steps;
            return _done == input.Steps;
        }
    }
}
