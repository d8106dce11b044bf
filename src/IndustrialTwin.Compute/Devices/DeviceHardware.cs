using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>
/// Hardware that is open: made, used and disposed by one owner thread. An owner that hangs keeps its own, and a new owner opens another.
/// A driver derives from it, or, where arrays are enough, from <see cref="ArrayHardware"/>.
/// </summary>
public abstract class DeviceHardware : IDisposable
{
    /// <summary>What was opened.</summary>
    public abstract DeviceDescription Description { get; }

    /// <summary>How often an idle device is asked for <see cref="Failure"/>, at least 10 ms; null where only launches tell.</summary>
    public virtual TimeSpan? CheckInterval => null;

    /// <summary>Makes an operation's form.</summary>
    /// <exception cref="NotSupportedException">There is none. It is asked for those of the description alone.</exception>
    public abstract OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation);

    /// <summary>Says why the hardware has to be opened anew, or null. Called between launches; to throw is to say why.</summary>
    public virtual string? Failure() => null;

    /// <summary>Closes the hardware; its forms are disposed before.</summary>
    public abstract void Dispose();
}
