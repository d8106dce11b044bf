using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace IndustrialTwin.Devices.Native;

/// <summary>
/// Threads that do parts of a launch beside the owner. They are a device's own: parts on the thread pool would run in the grains' place.
/// </summary>
internal sealed class Crew : IDisposable
{
    private readonly Hand[] _hands;

    public Crew(string device, int hands) => _hands = [.. Enumerable.Range(1, hands).Select(number => new Hand($"device {device} +{number}"))];

    /// <summary>Threads, the caller's included.</summary>
    public int Size => _hands.Length + 1;

    /// <summary>Does parts 0 to <paramref name="parts"/> - 1 at once, part 0 on the caller's thread, and waits for all of them.</summary>
    /// <param name="parts">1 to <see cref="Size"/>.</param>
    /// <param name="part">What to do; an error is thrown after all parts have ended.</param>
    public void Do(int parts, Action<int> part)
    {
        for (var i = 1; i < parts; i++)
            _hands[i - 1].Begin(i, part);
        ExceptionDispatchInfo? failure = null;
        try
        {
            part(0);
        }
        finally
        {
            for (var i = 1; i < parts; i++)
                failure = _hands[i - 1].End() ?? failure;
        }

        failure?.Throw();
    }

    public void Dispose()
    {
        foreach (var hand in _hands)
            hand.Dispose();
    }

    private sealed class Hand : IDisposable
    {
        private readonly SemaphoreSlim _begin = new(0);
        private readonly SemaphoreSlim _end = new(0);
        private readonly Thread _thread;
        private Action<int>? _part;
        private int _number;
        private ExceptionDispatchInfo? _failure;

        public Hand(string name)
        {
            _thread = new Thread(Work) { IsBackground = true, Name = name };
            _thread.Start();
        }

        public void Begin(int number, Action<int> part)
        {
            (_number, _part) = (number, part);
            _begin.Release();
        }

        public ExceptionDispatchInfo? End()
        {
            _end.Wait();
            var failure = _failure;
            (_part, _failure) = (null, null);
            return failure;
        }

        public void Dispose()
        {
            _part = null;
            _begin.Release();
            _thread.Join();
            _begin.Dispose();
            _end.Dispose();
        }

        [SuppressMessage("Design", "CA1031", Justification = "The error is thrown to the owner, whose launch it is.")]
        private void Work()
        {
            while (true)
            {
                _begin.Wait();
                if (_part is not { } part)
                    return;
                try
                {
                    part(_number);
                }
                catch (Exception error)
                {
                    _failure = ExceptionDispatchInfo.Capture(error);
                }

                _end.Release();
            }
        }
    }
}
