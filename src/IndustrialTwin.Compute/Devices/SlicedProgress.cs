using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>How far a sliced job has come: its form, its run, and the time that its slices took.</summary>
internal sealed class SlicedProgress(IDisposable form, SlicedRun run, TimeSpan wait) : IDisposable
{
    public SlicedRun Run { get; } = run;

    /// <summary>From the job's acceptance to its first slice.</summary>
    public TimeSpan Wait { get; } = wait;

    public TimeSpan Busy { get; set; }

    public void Dispose()
    {
        try
        {
            Run.Dispose();
        }
        finally
        {
            form.Dispose();
        }
    }
}
