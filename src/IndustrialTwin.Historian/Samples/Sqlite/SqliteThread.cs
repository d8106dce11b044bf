using System.Collections.Concurrent;

namespace IndustrialTwin.Samples.Sqlite;

/// <summary>
/// A thread of the writing connection's own. A commit waits for the disk without giving its thread back; on the pool it would take
/// one of as few threads as there are processors away from the twins.
/// </summary>
internal sealed class SqliteThread : IDisposable
{
    private readonly BlockingCollection<(Action Work, TaskCompletionSource Done)> _queue = [];
    private readonly Thread _thread;
    private int _ended;

    public SqliteThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "sample log" };
        _thread.Start();
    }

    /// <summary>Runs work after all that was given before.</summary>
    public Task RunAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add((work, done));
        return done.Task;
    }

    /// <summary>Ends after the work that was given.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _queue.CompleteAdding();
            _thread.Join();
            _queue.Dispose();
        }
    }

    private void Run()
    {
        foreach (var (work, done) in _queue.GetConsumingEnumerable())
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        }
    }
}
