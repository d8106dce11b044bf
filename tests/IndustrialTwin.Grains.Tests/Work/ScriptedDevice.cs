using System.Collections.Concurrent;
using Acme.Overloads;
using IndustrialTwin.Devices;
using IndustrialTwin.Devices.Residents;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Sliding;
using IndustrialTwin.Operations.Statistics;
using Microsoft.Extensions.Logging.Abstractions;

namespace IndustrialTwin.Work;

/// <summary>
/// A real device over hardware that does as it is told: it computes with the native forms, takes the time it is given, waits, fails, and
/// remembers every launch by the first value of each request in it.
/// </summary>
internal sealed class ScriptedDevice(string id) : OwnedDevice(id, DeviceOptions.Default, TimeProvider.System, NullLogger.Instance)
{
    private readonly ManualResetEventSlim _isOpen = new(initialState: true);

    /// <summary>What each launch takes at least.</summary>
    public TimeSpan LaunchTime { get; set; }

    /// <summary>What it takes more for each window.</summary>
    public TimeSpan WindowTime { get; set; }

    /// <summary>Whether a launch fails.</summary>
    public Func<bool> Fails { get; set; } = () => false;

    /// <summary>Whether a launch gives statistics that are no numbers, as hardware does whose memory is bad.</summary>
    public Func<bool> GivesNoNumbers { get; set; } = () => false;

    /// <summary>The launches of requests, trials left out.</summary>
    public ConcurrentQueue<(DateTimeOffset At, int[] Requests)> Launches { get; } = new();

    public IEnumerable<int> Launched => Launches.SelectMany(launch => launch.Requests);

    protected internal override bool IsRebuiltAfterFailure => true;

    /// <summary>Launches wait from now on.</summary>
    public void Hold() => _isOpen.Reset();

    public void Release() => _isOpen.Set();

    protected internal override DeviceHardware OpenHardware() => new Hardware(this);

    private void Launch<TInput>(ReadOnlySpan<TInput> inputs)
    {
        var requests = new List<int>();
        var windows = 0;
        foreach (var input in inputs)
        {
            if (input switch { WindowBatch own => own, OverloadInput overload => overload.Windows, _ => (WindowBatch?)null } is { } batch)
            {
                windows += batch.Count;
                if (batch.Samples.Span[0] >= 1)
                {
                    requests.Add((int)batch.Samples.Span[0]);
                }
            }
        }

        if (requests.Count > 0)
        {
            _isOpen.Wait();
            Launches.Enqueue((DateTimeOffset.UtcNow, [.. requests]));
            if (Fails())
            {
                throw new InvalidOperationException("The test has this launch fail.");
            }
        }

        var time = LaunchTime + (windows * WindowTime);
        if (time > TimeSpan.Zero)
        {
            Thread.Sleep(time);
        }
    }

    private sealed class Hardware(ScriptedDevice device) : DeviceHardware
    {
        public override DeviceDescription Description { get; } = new(device.Id, DeviceKind.NativeCpu, "a scripted device", 1 << 20, 1, true, 256);

        private readonly NativeResidents _residents = new(new ResidentPool(1 << 16, device.Id, device.Counters));

        public override OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation) =>
            operation is IResidentOperation<TInput, TResult> resident ? resident.CreateForm(this, _residents) : new Form<TInput, TResult>(device, operation.CreateNativeForm(NativeCode.Portable));

        public override void Dispose()
        {
        }
    }

    private sealed class Form<TInput, TResult>(ScriptedDevice device, OperationForm<TInput, TResult> native) : OperationForm<TInput, TResult>
    {
        public override void Launch(ReadOnlySpan<TInput> inputs, Span<TResult> results)
        {
            device.Launch(inputs);
            native.Launch(inputs, results);
            foreach (var result in results)
            {
                if (result is WindowSummary[] summaries && device.GivesNoNumbers())
                {
                    summaries[0] = summaries[0] with { Mean = double.NaN };
                }
            }
        }

        protected override void Dispose(bool disposing)
        {
            native.Dispose();
            base.Dispose(disposing);
        }
    }
}
