namespace IndustrialTwin.Policy;

/// <summary>What a queue has told the board, so that it speaks only when something changed, or when no answer came for long.</summary>
internal sealed class CallCount
{
    private int _called;
    private long _repeatUs = long.MaxValue;

    /// <summary>When to say it again, or <see cref="long.MaxValue"/>.</summary>
    public long RepeatUs => _repeatUs;

    /// <summary>An accelerator came because it was called.</summary>
    public void Came() => _called = Math.Max(0, _called - 1);

    /// <summary>Whether the board must be told, now that so many accelerators are wanted.</summary>
    public bool IsChanged(int wanted, long nowUs, long repeatAfterUs)
    {
        if (wanted == _called && nowUs < _repeatUs)
            return false;
        _called = wanted;
        _repeatUs = wanted == 0 ? long.MaxValue : nowUs + repeatAfterUs;
        return true;
    }
}
