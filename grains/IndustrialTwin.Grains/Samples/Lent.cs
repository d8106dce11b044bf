using System.Buffers;

namespace IndustrialTwin.Samples;

/// <summary>
/// Arrays lent by the process' pool. Twins sleep most of the time with nothing in their windows; what they do not need others use.
/// An array may be longer than was asked for.
/// </summary>
internal static class Lent<T>
    where T : unmanaged
{
    /// <summary>A copy of stored values, which stay as they are.</summary>
    public static T[] Copy(T[]? stored)
    {
        if (stored is not { Length: > 0 })
        {
            return [];
        }

        var copy = ArrayPool<T>.Shared.Rent(stored.Length);
        stored.CopyTo(copy, 0);
        return copy;
    }

    /// <summary>The same values at the beginning of an array with room for so many; the array that they were in goes back if it is another.</summary>
    public static T[] Moved(T[] array, int from, int count, int room)
    {
        var target = room <= array.Length ? array : ArrayPool<T>.Shared.Rent(room);
        Array.Copy(array, from, target, 0, count);
        if (target != array)
        {
            Back(array);
        }

        return target;
    }

    /// <summary>Gives an array back; answers what to hold in its place.</summary>
    public static T[] Back(T[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<T>.Shared.Return(array);
        }

        return [];
    }
}
