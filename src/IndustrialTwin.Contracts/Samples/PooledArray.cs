using System.Buffers;

namespace IndustrialTwin.Samples;

/// <summary>An array that grows in rented memory, for a list whose length is known only at its end. Dispose it to give the memory back.</summary>
internal ref struct PooledArray<T>(int room)
{
    private T[] _buffer = ArrayPool<T>.Shared.Rent(room);

    internal int Count { get; private set; }

    internal void Add(T value)
    {
        if (Count == _buffer.Length)
        {
            var larger = ArrayPool<T>.Shared.Rent(Count * 2);
            _buffer.CopyTo(larger, 0);
            ArrayPool<T>.Shared.Return(_buffer);
            _buffer = larger;
        }

        _buffer[Count++] = value;
    }

    internal readonly T[] ToArray() => _buffer.AsSpan(0, Count).ToArray();

    /// <summary>Gives the memory back.</summary>
    public readonly void Dispose() => ArrayPool<T>.Shared.Return(_buffer);
}
