namespace IndustrialTwin.Changes;

/// <summary>
/// Carries the newest state of one twin to the twin above it: one call at a time, the newest state next, again after a failure.
/// Used on a grain's own thread alone.
/// </summary>
internal sealed class Outbox(Func<Task> send, Action<Exception> failed, TimeProvider clock)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private bool _dirty;
    private bool _sending;

    /// <summary>Says that there is something new to send.</summary>
    public void Post()
    {
        _dirty = true;
        if (!_sending)
        {
            _sending = true;
            SendAsync().Ignore();
        }
    }

    private async Task SendAsync()
    {
        await Task.Yield();
        while (_dirty)
        {
            _dirty = false;
            try
            {
                await send();
            }
            catch (Exception fault)
            {
                failed(fault);
                _dirty = true;
                await Task.Delay(RetryDelay, clock);
            }
        }

        _sending = false;
    }
}
