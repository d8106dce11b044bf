namespace IndustrialTwin.Tenants;

/// <summary>So much a second, and what was not used before besides, up to a bound. Anybody may take from it at once.</summary>
internal sealed class Allowance
{
    private readonly Lock _gate = new();
    private readonly double _perSecond, _most;
    private readonly TimeProvider _clock;
    private double _left;
    private long _at;

    /// <summary>Begins full.</summary>
    /// <param name="perSecond">What comes a second.</param>
    /// <param name="clock">The time.</param>
    /// <param name="most">What can be saved up; what comes in a second where null.</param>
    public Allowance(double perSecond, TimeProvider clock, double? most = null)
    {
        (_perSecond, _most) = (perSecond, most ?? perSecond);
        _left = _most;
        (_clock, _at) = (clock, clock.GetTimestamp());
    }

    /// <summary>Whether an amount is left.</summary>
    public bool Has(double amount)
    {
        lock (_gate)
        {
            Fill();
            return _left >= Math.Min(amount, _most);
        }
    }

    /// <summary>
    /// Takes an amount, or nothing. More than a second's worth is let through when the allowance is full, and owed: it would fit no
    /// second otherwise.
    /// </summary>
    public bool TryTake(double amount)
    {
        lock (_gate)
        {
            Fill();
            if (_left < Math.Min(amount, _most))
            {
                return false;
            }

            _left -= amount;
            return true;
        }
    }

    private void Fill()
    {
        var now = _clock.GetTimestamp();
        _left = Math.Min(_most, _left + (_clock.GetElapsedTime(_at, now).TotalSeconds * _perSecond));
        _at = now;
    }
}
