namespace IndustrialTwin.Devices.Residents;

/// <summary>What residency did for the jobs of one launch.</summary>
internal struct ResidentTally
{
    private long _hits;
    private long _misses;
    private long _loads;
    private long _evictions;
    private long _moved;
    private long _saved;

    /// <summary>A job found what it did not bring, or brought more than was needed.</summary>
    public void Hit(long span, long moved)
    {
        _hits++;
        _moved += moved;
        _saved += span - moved;
    }

    /// <summary>A job has to be repeated with all its samples.</summary>
    public void Miss() => _misses++;

    /// <summary>A job's samples were all moved in.</summary>
    public void Loaded(long span)
    {
        _loads++;
        _moved += span;
    }

    /// <summary>A job's samples were used and not kept.</summary>
    public void Whole(long span) => _moved += span;

    public void Evicted() => _evictions++;

    /// <summary>Adds it to the device's counters and metrics.</summary>
    public readonly void Report(string device, DeviceCounters counters, int series)
    {
        if (_hits + _misses + _loads + _moved == 0)
            return;
        counters.Resident(_hits, _misses, _loads, _evictions, _moved * sizeof(float), _saved * sizeof(float), series);
        DeviceTelemetry.Resident(device, _hits, _misses, _loads, _evictions, _moved * sizeof(float), _saved * sizeof(float));
    }
}
