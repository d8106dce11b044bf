using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>Hardware that is open: made, used and disposed by one owner thread. An owner that hangs keeps its own, and a new owner opens another.</summary>
internal abstract class DeviceHardware : IDisposable
{
    /// <summary>What was opened.</summary>
    public abstract DeviceDescription Description { get; }

    /// <summary>Makes an operation's form.</summary>
    public abstract OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation);

    /// <summary>Closes the hardware; its forms are disposed before.</summary>
    public abstract void Dispose();
}
