using System.Diagnostics.CodeAnalysis;

namespace IndustrialTwin.Policy;

/// <summary>
/// Waiting work in deadline order. It is a treap over arrays (Seidel and Aragon, "Randomized search trees", 1996) that also sums units,
/// so that adding, taking, removing and asking how much goes before a deadline are all O(log n) and allocate nothing once warm.
/// </summary>
/// <typeparam name="T">What waits.</typeparam>
/// <param name="itemsMax">Items that may wait; one more is not added.</param>
[SuppressMessage("Naming", "CA1711", Justification = "It is a queue.")]
public sealed class EdfQueue<T>(int itemsMax)
{
    private const int None = -1;
    private Node[] _nodes = new Node[16];
    private int _root = None;
    private int _free = None;
    private int _used;
    private long _sequence;

    /// <summary>Items that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Units that wait.</summary>
    public long Units => SumOf(_root);

    /// <summary>Adds an item; false when <c>itemsMax</c> wait already.</summary>
    /// <param name="item">What waits.</param>
    /// <param name="terms">Its class, deadline and units.</param>
    /// <param name="place">Where it stands; needed to remove it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The terms have no units.</exception>
    public bool TryAdd(T item, in WorkTerms terms, out EdfPlace place)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(terms.Units, 1);
        place = new EdfPlace(EdfPlace.LaneOf(terms.Class), terms.DeadlineUs, terms.Class, _sequence);
        if (Count >= itemsMax)
            return false;
        var added = Rent();
        // Any fixed hash serves as the treap's priority; one of the sequence keeps the same input giving the same tree.
        _nodes[added] = new Node { Item = item, Terms = terms, Place = place, Sum = terms.Units, Left = None, Right = None, Priority = Mix(_sequence) };
        _sequence++;
        Count++;
        Split(_root, place, out var before, out var after);
        _root = Merge(Merge(before, added), after);
        return true;
    }

    /// <summary>The item that is served first.</summary>
    public bool TryPeek([MaybeNullWhen(false)] out T item, out WorkTerms terms)
    {
        var node = _root;
        while (node != None && _nodes[node].Left != None)
            node = _nodes[node].Left;
        return TryRead(node, out item, out terms, out _);
    }

    /// <summary>The first item that stands at or after a place.</summary>
    public bool TryFind(EdfPlace from, [MaybeNullWhen(false)] out T item, out WorkTerms terms, out EdfPlace place)
    {
        var found = None;
        for (var node = _root; node != None;)
        {
            if (_nodes[node].Place < from)
            {
                node = _nodes[node].Right;
            }
            else
            {
                found = node;
                node = _nodes[node].Left;
            }
        }

        return TryRead(found, out item, out terms, out place);
    }

    /// <summary>Takes the item that is served first.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item, out WorkTerms terms) =>
        TryFind(new EdfPlace(0, long.MinValue, RequestClass.Control, long.MinValue), out item, out terms, out var place) && TryRemove(place);

    /// <summary>Removes the item at a place; false when it is there no more.</summary>
    public bool TryRemove(EdfPlace place)
    {
        Split(_root, place, out var before, out var rest);
        var first = rest;
        while (first != None && _nodes[first].Left != None)
            first = _nodes[first].Left;
        var isThere = first != None && _nodes[first].Place == place;
        if (isThere)
        {
            rest = WithoutFirst(rest);
            _nodes[first] = new Node { Left = _free };
            _free = first;
            Count--;
        }

        _root = Merge(before, rest);
        return isThere;
    }

    /// <summary>Units that are served before a new request of this class and deadline would be.</summary>
    public long UnitsAhead(RequestClass @class, long deadlineUs)
    {
        var place = new EdfPlace(EdfPlace.LaneOf(@class), deadlineUs, @class, long.MaxValue);
        var ahead = 0L;
        for (var node = _root; node != None;)
        {
            ref var here = ref _nodes[node];
            if (here.Place < place)
            {
                ahead += SumOf(here.Left) + here.Terms.Units;
                node = here.Right;
            }
            else
            {
                node = here.Left;
            }
        }

        return ahead;
    }

    private bool TryRead(int node, [MaybeNullWhen(false)] out T item, out WorkTerms terms, out EdfPlace place)
    {
        (item, terms, place) = node == None ? (default!, default, default) : (_nodes[node].Item, _nodes[node].Terms, _nodes[node].Place);
        return node != None;
    }

    /// <summary>Splits a tree into what stands before a place and what stands at or after it.</summary>
    private void Split(int node, EdfPlace at, out int before, out int after)
    {
        if (node == None)
        {
            (before, after) = (None, None);
            return;
        }

        if (_nodes[node].Place < at)
        {
            Split(_nodes[node].Right, at, out var inner, out after);
            _nodes[node].Right = inner;
            before = node;
        }
        else
        {
            Split(_nodes[node].Left, at, out before, out var inner);
            _nodes[node].Left = inner;
            after = node;
        }

        Sum(node);
    }

    private int Merge(int before, int after)
    {
        if (before == None || after == None)
            return before == None ? after : before;
        if (_nodes[before].Priority > _nodes[after].Priority)
        {
            _nodes[before].Right = Merge(_nodes[before].Right, after);
            Sum(before);
            return before;
        }

        _nodes[after].Left = Merge(before, _nodes[after].Left);
        Sum(after);
        return after;
    }

    private int WithoutFirst(int node)
    {
        if (_nodes[node].Left == None)
            return _nodes[node].Right;
        _nodes[node].Left = WithoutFirst(_nodes[node].Left);
        Sum(node);
        return node;
    }

    private void Sum(int node) =>
        _nodes[node].Sum = SumOf(_nodes[node].Left) + _nodes[node].Terms.Units + SumOf(_nodes[node].Right);

    private long SumOf(int node) => node == None ? 0 : _nodes[node].Sum;

    private int Rent()
    {
        if (_free != None)
        {
            var rented = _free;
            _free = _nodes[rented].Left;
            return rented;
        }

        if (_used == _nodes.Length)
            Array.Resize(ref _nodes, _nodes.Length * 2);
        return _used++;
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    private static uint Mix(long value)
    {
        var mixed = (ulong)value + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (uint)((mixed ^ (mixed >> 31)) >> 32);
    }

    private struct Node
    {
        public T Item;
        public WorkTerms Terms;
        public EdfPlace Place;
        public long Sum;
        public int Left;
        public int Right;
        public uint Priority;
    }
}
