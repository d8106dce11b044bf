namespace IndustrialTwin.Protocols;

/// <summary>A thread of a simulated process, such as a grain's: its tasks run one at a time in the order in which they were posted.</summary>
internal sealed class Turns(World world, SimulatedSilo? silo) : TaskScheduler
{
    private readonly Queue<Task> _tasks = new();
    private bool _isReady;

    public bool IsIdle => _tasks.Count == 0;

    /// <summary>Starts something here.</summary>
    public void Post(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap()
        .ContinueWith(ended => world.Violate($"nobody caught {ended.Exception!.InnerException}"), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, this);

    /// <summary>Runs one task; answers whether there are more.</summary>
    public bool RunOne()
    {
        _isReady = false;
        if (silo is { IsRunning: false })
        {
            return false;
        }

        if (_tasks.TryDequeue(out var task))
        {
            TryExecuteTask(task);
        }

        return !_isReady && (_isReady = _tasks.Count > 0);
    }

    /// <summary>Goes on after its process stood still.</summary>
    public void Resume()
    {
        if (!_isReady && _tasks.Count > 0)
        {
            _isReady = true;
            world.Ready(this);
        }
    }

    protected override void QueueTask(Task task)
    {
        world.Check();
        _tasks.Enqueue(task);
        if (silo is null or { IsRunning: true })
        {
            Resume();
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}
