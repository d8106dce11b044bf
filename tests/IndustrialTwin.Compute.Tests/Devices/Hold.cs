namespace IndustrialTwin.Devices;

/// <summary>Keeps a device busy until it is let go, so that a backlog can gather behind it.</summary>
internal sealed class Hold : IDisposable
{
    private readonly ManualResetEventSlim _letGo = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Begun => _begun.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>What the holding job does.</summary>
    public double Act()
    {
        _begun.TrySetResult();
        if (!_letGo.Wait(TimeSpan.FromSeconds(60)))
            throw new TimeoutException("The test never let go.");
        return 0;
    }

    public void LetGo() => _letGo.Set();

    /// <summary>A job of a shape of its own that holds the device; returns when it does.</summary>
    public async Task<Task<JobOutcome<double[]>>> TakeAsync(IComputeDevice device, ScriptedOperation operation, JobOptions options = default)
    {
        var holding = device.RunAsync(operation, new Script(0, Act, Shape: -1), options).AsTask();
        await Begun;
        return holding;
    }

    public void Dispose() => _letGo.Set();
}
