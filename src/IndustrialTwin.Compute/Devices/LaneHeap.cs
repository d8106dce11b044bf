using Lane = IndustrialTwin.Devices.Backlog.Lane;

namespace IndustrialTwin.Devices;

/// <summary>The lanes of one class, the one with the most urgent head on top. A lane knows its place, so a changed head moves in O(log n).</summary>
internal sealed class LaneHeap
{
    private readonly List<Lane> _lanes = [];

    public Lane? Top => _lanes.Count > 0 ? _lanes[0] : null;

    /// <summary>Brings the lane to where its head belongs: in, up, down, or out when it is empty.</summary>
    public void Update(Lane lane)
    {
        if (lane.Jobs.Count == 0)
        {
            Remove(lane);
            return;
        }

        if (lane.Place < 0)
        {
            lane.Place = _lanes.Count;
            _lanes.Add(lane);
        }

        Sift(lane);
    }

    private void Remove(Lane lane)
    {
        if (lane.Place < 0)
            return;
        var (place, last) = (lane.Place, _lanes[^1]);
        lane.Place = -1;
        _lanes.RemoveAt(_lanes.Count - 1);
        if (last == lane)
            return;
        Put(last, place);
        Sift(last);
    }

    private void Sift(Lane lane)
    {
        var head = lane.Head;
        var place = lane.Place;
        while (place > 0 && head.CompareTo(_lanes[(place - 1) / 2].Head) < 0)
        {
            Put(_lanes[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }

        while (true)
        {
            var child = (2 * place) + 1;
            if (child >= _lanes.Count)
                break;
            if (child + 1 < _lanes.Count && _lanes[child + 1].Head.CompareTo(_lanes[child].Head) < 0)
                child++;
            if (head.CompareTo(_lanes[child].Head) <= 0)
                break;
            Put(_lanes[child], place);
            place = child;
        }

        Put(lane, place);
    }

    private void Put(Lane lane, int place)
    {
        _lanes[place] = lane;
        lane.Place = place;
    }
}
