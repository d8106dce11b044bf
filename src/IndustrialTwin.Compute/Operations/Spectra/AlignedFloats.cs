using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// A block of memory that stays where it is and begins with a cache line, so that no register of 512 bits is read from two lines. It lives as
/// long as this object is held.
/// </summary>
internal sealed unsafe class AlignedFloats
{
    /// <summary>Values in a cache line.</summary>
    public const int LineFloats = LineBytes / sizeof(float);

    private const int LineBytes = 64;

    private readonly float[] _room;
    private readonly int _skipped;

    public AlignedFloats(int length)
    {
        _room = GC.AllocateArray<float>(length + LineFloats, pinned: true);
        var start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_room));
        _skipped = (int)(-start & (LineBytes - 1)) / sizeof(float);
        Pointer = (float*)start + _skipped;
        Length = length;
    }

    public float* Pointer { get; }

    public int Length { get; }

    public Memory<float> Memory => _room.AsMemory(_skipped, Length);

    public Span<float> Span => _room.AsSpan(_skipped, Length);
}
