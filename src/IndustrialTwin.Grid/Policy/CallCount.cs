namespace IndustrialTwin.Policy;

/// <summary>What a queue has told the board, so that it speaks only when something changed, or when no answer came for long.</summary>
internal sealed class CallCount
{
    private int _called;
    private int _new;
    private long _saidUs;
    private long _repeatUs = long.MaxValue;

    /// <summary>When to say it again, or <see cref="long.MaxValue"/>.</summary>
    public long RepeatUs => _repeatUs;

    /// <summary>
    /// For how many accelerators the board was asked so lately that they may be on their way. Those that it was asked for before and that
    /// have not come are not there to come: a backlog that grows and shrinks does not call them anew.
    /// </summary>
    public int Fresh(long nowUs, long roundTripUs) => nowUs - _saidUs < roundTripUs ? _new : 0;

    /// <summary>An accelerator came because it was called.</summary>
    public void Came() => (_called, _new) = (Math.Max(0, _called - 1), Math.Max(0, _new - 1));

    /// <summary>What the board must be told, now that so many accelerators are wanted, if anything.</summary>
    public bool TrySay(int wanted, long nowUs, long repeatAfterUs, out BoardCall call)
    {
        call = default;
        if (wanted == _called && nowUs < _repeatUs)
            return false;
        _new = wanted > _called ? wanted - _called : Math.Min(_new, wanted);
        _called = wanted;
        _repeatUs = wanted == 0 ? long.MaxValue : nowUs + repeatAfterUs;
        _saidUs = Math.Max(nowUs, _saidUs + 1);
        call = new BoardCall(wanted, _saidUs);
        return true;
    }
}
