namespace IndustrialTwin.Devices;

/// <summary>
/// Opens hardware that IndustrialTwin does not know: what a driver author derives from. The device around it brings the queue, the
/// batches, the deadlines, the owner thread, the watchdog and the rebuilding; the driver computes.
/// </summary>
public abstract class DeviceDriver
{
    /// <summary>
    /// Whether a failed launch may have left the hardware unusable. It is then closed, opened anew and asked for a known result before
    /// the next launch; otherwise only the operation's form is made anew.
    /// </summary>
    public virtual bool IsRebuiltAfterFailure => true;

    /// <summary>
    /// Opens the hardware, on the thread that will use and dispose it. Also called after a failure, when the hardware that was open
    /// before is disposed or hangs for ever. It may throw; it is tried again.
    /// </summary>
    /// <param name="id">The device's id on its node, which the description repeats.</param>
    public abstract DeviceHardware Open(string id);
}
