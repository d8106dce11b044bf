using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>The actor of a site's board.</summary>
internal sealed class PullBoard(PullGrid grid)
{
    private IdleBoard<int, int> _board = new();

    public bool IsUp { get; private set; } = true;

    public void Rests(int device, long freeUs)
    {
        if (!IsUp)
            return;
        _board.Rests(device, freeUs);
        Match();
    }

    public void Leaves(int device)
    {
        if (IsUp)
            _board.Leaves(device);
    }

    public void Wants(int queue, BoardCall call)
    {
        if (!IsUp)
            return;
        _board.Wants(queue, call);
        Match();
    }

    /// <summary>Its silo died; the new activation knows nothing.</summary>
    public void Die()
    {
        IsUp = false;
        _board = new IdleBoard<int, int>();
    }

    public void Revive() => IsUp = true;

    private void Match()
    {
        while (_board.TryMatch(out var queue, out var device, out var freeUs))
            grid.Match(queue, device, freeUs);
    }
}
