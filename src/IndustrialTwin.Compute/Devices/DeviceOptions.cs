namespace IndustrialTwin.Devices;

/// <summary>The limits of one device's queue and launches.</summary>
public sealed record DeviceOptions
{
    /// <summary>The limits used where none are given.</summary>
    public static DeviceOptions Default { get; } = new();

    /// <summary>Jobs that may wait; one more is refused. 1..1,048,576.</summary>
    public int QueueJobsMax { get; init; } = 4_096;

    /// <summary>
    /// Windows that one launch may join from several jobs, 1..1,048,576. A single job may carry more and is then launched alone.
    /// </summary>
    public int BatchWindowsMax { get; init; } = 512;

    /// <summary>Operations whose compiled forms and buffers are kept; the least recently used is disposed. 1..4,096.</summary>
    public int OperationsMax { get; init; } = 64;

    /// <summary>
    /// Least time between two attempts to rebuild a broken device; the first is made at once, and after each that fails the time doubles up
    /// to <see cref="RebuildIntervalMax"/>. 10 ms..1 h.
    /// </summary>
    public TimeSpan RebuildInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time between two attempts to rebuild; without effect below <see cref="RebuildInterval"/>. 10 ms..1 h.</summary>
    public TimeSpan RebuildIntervalMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a sliced job runs before the device looks for something more urgent; it looks at once when a job arrives. 0..1 s, where 0 is
    /// one step.
    /// </summary>
    public TimeSpan SliceMax { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// A launch, or a rebuild, that takes longer is held to be hung: its jobs fail and the device is opened anew on a new thread. It
    /// includes the compilation of kernels at their first launch. 10 ms..1 h.
    /// </summary>
    public TimeSpan LaunchMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Hung launches that may be left behind at one time; one more closes the device. A thread cannot be taken back. 0..64.</summary>
    public int HungLaunchesMax { get; init; } = 4;

    /// <summary>
    /// Processor threads that a native device may use for one large launch, its own included; the rest of the processor is for those who
    /// call it. 1..256; by default half the processors.
    /// </summary>
    public int NativeThreadsMax { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 256);

    /// <summary>Windows of a launch from which on a native device uses more than one thread. 2..1,048,576.</summary>
    public int NativeSplitWindowsMin { get; init; } = 64;

    /// <summary>
    /// Bytes of samples that a device keeps of the series it has seen, so that sliding windows move only what is new; rounded down to a
    /// power of two, and taken when the first such job comes. 0 keeps nothing. 0..4 GiB.
    /// </summary>
    public long ResidentBytesMax { get; init; } = 16L << 20;

    /// <summary>
    /// Whether jobs are served first come first served, each to its end, whatever their class and deadline. For comparison only: a control
    /// job then waits for all that came before it.
    /// </summary>
    public bool IsFifo { get; init; }

    /// <summary>Throws when a limit is outside its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the limit, its value and its range.</exception>
    public void Validate()
    {
        InRange(QueueJobsMax, 1, 1 << 20, nameof(QueueJobsMax));
        InRange(BatchWindowsMax, 1, 1 << 20, nameof(BatchWindowsMax));
        InRange(OperationsMax, 1, 4_096, nameof(OperationsMax));
        InRange(HungLaunchesMax, 0, 64, nameof(HungLaunchesMax));
        InRange(NativeThreadsMax, 1, 256, nameof(NativeThreadsMax));
        InRange(ResidentBytesMax, 0, 4L << 30, nameof(ResidentBytesMax));
        InRange(NativeSplitWindowsMin, 2, 1 << 20, nameof(NativeSplitWindowsMin));
        InRange(RebuildInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), nameof(RebuildInterval));
        InRange(RebuildIntervalMax, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), nameof(RebuildIntervalMax));
        InRange(SliceMax, TimeSpan.Zero, TimeSpan.FromSeconds(1), nameof(SliceMax));
        InRange(LaunchMax, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), nameof(LaunchMax));
    }

    /// <summary>Time until the next attempt to rebuild, after one that failed and <paramref name="before"/> that failed before it.</summary>
    internal TimeSpan RebuildWait(int before)
    {
        var longest = RebuildIntervalMax > RebuildInterval ? RebuildIntervalMax : RebuildInterval;
        return before >= 20 || RebuildInterval * (1 << before) > longest ? longest : RebuildInterval * (1 << before);
    }

    private static void InRange<T>(T value, T min, T max, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            throw new ArgumentOutOfRangeException(name, value, $"DeviceOptions.{name} must lie in {min}..{max}.");
    }
}
