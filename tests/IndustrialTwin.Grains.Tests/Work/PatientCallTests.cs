using IndustrialTwin.Accelerators;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Work;

public class PatientCallTests
{
    [Fact]
    public void Who_gives_up_is_let_go_at_once_and_on_the_own_thread()
    {
        SynchronizationContext.SetSynchronizationContext(null); // A test runner's would let go later.
        using var stop = new CancellationTokenSource();
        var call = new PatientCall(TimeProvider.System, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1));
        var (never, thread) = (new TaskCompletionSource<ComputeReply>(), 0);
        var deadlineUs = TimeProvider.System.NowUs() + 60_000_000;
        var asked = call.AskAsync(_ => never.Task, deadlineUs, 0, _ => { }, stop.Token);
        _ = asked.ContinueWith(_ => thread = Environment.CurrentManagedThreadId, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Assert.False(asked.IsCompleted);
        stop.Cancel();
        Assert.True(asked.IsCanceled);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }
}
