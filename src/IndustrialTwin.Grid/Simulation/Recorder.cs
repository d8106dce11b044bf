using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>Watches a simulation from outside: it knows what no part of the grid knows.</summary>
internal sealed class Recorder
{
    private readonly SimulationOptions _options;
    private readonly Hardware _hardware;
    private readonly RequestLedger<int> _ledger = new();
    private readonly List<int> _latencies = [];
    private readonly List<int> _control = [];
    private readonly List<float> _errors = [];
    private readonly int _warmUp;
    private long _measured;
    private long _onTime;
    private long _windowStartUs = -1;
    private long _windowEndUs = long.MaxValue;
    private double _windowWorkUs;
    private long _launches;
    private long _launchedUnits;
    private long _earlyUs;
    private long _messages;
    private ulong _fingerprint = 14695981039346656037;

    public Recorder(SimulationOptions options, Hardware hardware)
    {
        (_options, _hardware) = (options, hardware);
        _warmUp = options.Requests / 20;
    }

    public long Executed { get; private set; }

    public long WentUp { get; set; }

    public long ExecutedLate { get; private set; }

    public bool IsOver => _ledger.Opened == _options.Requests && _ledger.Open == 0;

    public void Message(int count = 1) => _messages += count;

    public void Arrived(SimulatedRequest request)
    {
        _ledger.TryOpen(request.Number);
        if (request.Number == _warmUp)
            _windowStartUs = request.ArrivedUs;
        if (request.Number == _options.Requests - 1)
            _windowEndUs = request.ArrivedUs;
    }

    public bool IsOpen(SimulatedRequest request) => _ledger.IsOpen(request.Number);

    public void Ended(SimulatedRequest request, RequestEnd end, long nowUs)
    {
        if (!_ledger.TryEnd(request.Number, end))
            return;
        _fingerprint = (((_fingerprint ^ (uint)request.Number) * 1099511628211) ^ (ulong)(nowUs * 4 + (long)end)) * 1099511628211;
        var isOnTime = end == RequestEnd.Done && nowUs <= request.DeadlineUs;
        if (isOnTime && _windowStartUs >= 0 && nowUs >= _windowStartUs && nowUs <= _windowEndUs)
            _windowWorkUs += request.Units * _hardware.FullUnitUs(request.Kernel);
        if (request.Number < _warmUp)
            return;
        _measured++;
        _onTime += isOnTime ? 1 : 0;
        if (end == RequestEnd.Done)
            (request.Class == RequestClass.Control ? _control : _latencies).Add((int)Math.Min(int.MaxValue, nowUs - request.ArrivedUs));
    }

    public void Launched(SimulatedRequest request, long nowUs)
    {
        Executed++;
        if (nowUs > request.DeadlineUs)
            ExecutedLate++;
    }

    public void LaunchEnded(long units, double predictedUs, long actualUs)
    {
        _launches++;
        _launchedUnits += units;
        if (predictedUs <= 0)
            return;
        _errors.Add((float)Math.Abs(actualUs / predictedUs - 1));
        _earlyUs = Math.Max(_earlyUs, (long)predictedUs - actualUs);
    }

    public SimulationResult Result(long nowUs, IdleWatch? idle) => new()
    {
        Options = _options,
        Requests = _ledger.Opened,
        Ended = [.. Enum.GetValues<RequestEnd>().Select(_ledger.Ended)],
        Surplus = _ledger.Surplus,
        OnTime = _measured == 0 ? 0 : (double)_onTime / _measured,
        P50Us = Quantile(_latencies, 0.5),
        P99Us = Quantile(_latencies, 0.99),
        ControlP99Us = Quantile(_control, 0.99),
        Goodput = _windowEndUs > _windowStartUs ? _windowWorkUs / _hardware.StandardDevices / (Math.Min(_windowEndUs, nowUs) - _windowStartUs) : 0,
        Messages = (double)_messages / Math.Max(1, _ledger.Opened),
        BatchUnits = (double)_launchedUnits / Math.Max(1, _launches),
        IdleRoundTripsMax = idle is null ? 0 : (double)idle.LongestUs / _options.RoundTripUs,
        IdleRatio = idle is null ? 0 : (double)idle.TotalUs / Math.Max(1, nowUs) / _options.Devices,
        WentUp = WentUp,
        ExecutedLate = ExecutedLate,
        PredictionErrorP99 = Quantile(_errors, 0.99),
        EarlyUsMax = _earlyUs,
        Fingerprint = _fingerprint,
        EndUs = nowUs,
    };

    private static T Quantile<T>(List<T> values, double part)
        where T : struct
    {
        if (values.Count == 0)
            return default;
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)Math.Ceiling(part * values.Count) - 1)];
    }
}
