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
    private bool _isStopped;

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

    /// <summary>Sends nothing more: an activation that has ended can call nobody, however often it tries.</summary>
    public void Stop() => _isStopped = true;

    private async Task SendAsync()
    {
        await Task.Yield();
        while (_dirty && !_isStopped)
        {
            _dirty = false;
            try
            {
                await send();
            }
            catch (Exception) when (_isStopped)
            {
                return;
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
