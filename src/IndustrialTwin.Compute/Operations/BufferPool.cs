using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations;

/// <summary>
/// An accelerator's spare memory, in buckets of powers of two, so that forms that come and go, and buffers that grow, do not ask the
/// driver each time. Used by the accelerator's owner thread alone; the accelerator frees all of it when it is disposed.
/// </summary>
internal sealed class BufferPool
{
    private const int BytesMin = 4_096;
    private const int SparesMax = 8;
    private static readonly ConditionalWeakTable<Accelerator, BufferPool> Pools = [];
    private readonly WeakReference<Accelerator> _accelerator;
    private readonly Stack<MemoryBuffer1D<byte, Stride1D.Dense>>?[] _memory = new Stack<MemoryBuffer1D<byte, Stride1D.Dense>>[64];
    private readonly Stack<PageLockedArray1D<byte>>?[] _pageLocked = new Stack<PageLockedArray1D<byte>>[64];

    private BufferPool(Accelerator accelerator) => _accelerator = new(accelerator);

    public static BufferPool Of(Accelerator accelerator) => Pools.GetValue(accelerator, static accelerator => new BufferPool(accelerator));

    /// <summary>Memory of at least so many bytes; its content is what the last user left.</summary>
    public MemoryBuffer1D<byte, Stride1D.Dense> Rent(long bytes)
    {
        var bucket = Bucket(bytes);
        return _memory[bucket] is { } spares && spares.TryPop(out var spare) ? spare : Accelerator.Allocate1D<byte>(1L << bucket);
    }

    /// <summary>Page-locked memory of this computer of at least so many bytes.</summary>
    public PageLockedArray1D<byte> RentPageLocked(long bytes)
    {
        var bucket = Bucket(bytes);
        return _pageLocked[bucket] is { } spares && spares.TryPop(out var spare)
            ? spare
            : Accelerator.AllocatePageLocked1D<byte>(1L << bucket, uninitialized: true);
    }

    public void Return(MemoryBuffer1D<byte, Stride1D.Dense> memory) => Return(_memory, memory.Length, memory);

    public void Return(PageLockedArray1D<byte> memory) => Return(_pageLocked, memory.Length, memory);

    private Accelerator Accelerator =>
        _accelerator.TryGetTarget(out var accelerator) ? accelerator : throw new ObjectDisposedException(nameof(Accelerator));

    private static int Bucket(long bytes) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)Math.Max(BytesMin, bytes)));

    private static void Return<TMemory>(Stack<TMemory>?[] buckets, long bytes, TMemory memory)
        where TMemory : IDisposable
    {
        var spares = buckets[Bucket(bytes)] ??= new();
        if (spares.Count < SparesMax)
            spares.Push(memory);
        else
            memory.Dispose();
    }
}
