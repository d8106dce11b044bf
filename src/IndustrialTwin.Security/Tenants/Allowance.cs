namespace IndustrialTwin.Tenants;

/// <summary>So much a second, and what was not used within a second besides. Anybody may take from it at once.</summary>
internal sealed class Allowance
{
    private readonly Lock _gate = new();
    private readonly double _perSecond;
    private readonly TimeProvider _clock;
    private double _left;
    private long _at;

    public Allowance(double perSecond, TimeProvider clock)
    {
        (_perSecond, _left) = (perSecond, perSecond);
        (_clock, _at) = (clock, clock.GetTimestamp());
    }

    /// <summary>
    /// Takes an amount, or nothing. More than a second's worth is let through when the allowance is full, and owed: it would fit no
    /// second otherwise.
    /// </summary>
    public bool TryTake(double amount)
    {
        lock (_gate)
        {
            var now = _clock.GetTimestamp();
            _left = Math.Min(_perSecond, _left + (_clock.GetElapsedTime(_at, now).TotalSeconds * _perSecond));
            _at = now;
            if (_left < Math.Min(amount, _perSecond))
            {
                return false;
            }

            _left -= amount;
            return true;
        }
    }
}
