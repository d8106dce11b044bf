using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations;

/// <summary>
/// Device memory that grows and is kept between launches, with copies from and to plain arrays. Page-locked memory is left alone: on
/// OpenCL, copies of part of it use the whole buffer's length.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class IlgpuBuffer<T>(Accelerator accelerator) : IDisposable
    where T : unmanaged
{
    private MemoryBuffer1D<T, Stride1D.Dense>? _memory;

    /// <summary>The first elements, made room for.</summary>
    /// <param name="length">At least 0; a kernel is always given one element or more.</param>
    public ArrayView<T> Take(int length)
    {
        length = Math.Max(1, length);
        if (_memory is null || _memory.Length < length)
        {
            _memory?.Dispose();
            _memory = null;
            _memory = accelerator.Allocate1D<T>(length);
        }

        return _memory.View.AsContiguous().SubView(0, length);
    }

    /// <summary>Makes room, copies the values in and waits.</summary>
    public ArrayView<T> Upload(ReadOnlySpan<T> values)
    {
        var view = Take(values.Length);
        if (values.Length > 0)
            view.CopyFromCPU(accelerator.DefaultStream, values);
        return view;
    }

    /// <summary>Waits for the kernels before it and copies the first elements out.</summary>
    public void Download(Span<T> values)
    {
        if (values.Length > 0)
            Take(values.Length).CopyToCPU(accelerator.DefaultStream, values);
    }

    /// <inheritdoc/>
    public void Dispose() => _memory?.Dispose();
}
