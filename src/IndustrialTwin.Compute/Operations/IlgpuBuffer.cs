using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace IndustrialTwin.Operations;

/// <summary>
/// Device memory that grows and is kept between launches, with copies from and to plain arrays. Its memory comes from the accelerator's
/// pool. On CUDA copies go through page-locked memory and do not wait for the device; elsewhere they are plain ones: on OpenCL, copies of
/// part of page-locked memory use the whole buffer's length.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class IlgpuBuffer<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Copies of more bytes are plain: page-locked memory is taken from the whole computer.</summary>
    private const long PageLockedBytesMax = 1 << 28;

    private readonly AcceleratorStream _stream;
    private readonly BufferPool _pool;
    private readonly bool _isPageLocked;
    private MemoryBuffer1D<byte, Stride1D.Dense>? _memory;
    private PageLockedArray1D<byte>? _staging;
    private bool _isCopying;

    /// <summary>An empty buffer.</summary>
    public IlgpuBuffer(Accelerator accelerator)
        : this(accelerator, null)
    {
    }

    /// <summary>An empty buffer whose copies go over a stream.</summary>
    internal IlgpuBuffer(Accelerator accelerator, AcceleratorStream? stream)
        : this(accelerator, accelerator is CudaAccelerator { Device.SupportsMappingHostMemory: true }, stream)
    {
    }

    /// <summary>
    /// The same with page-locked copies or without, whatever the accelerator, and with copies on a stream of their own: whoever disposes it,
    /// or makes it grow, has waited for that stream.
    /// </summary>
    internal IlgpuBuffer(Accelerator accelerator, bool isPageLocked, AcceleratorStream? stream = null)
    {
        _stream = stream ?? accelerator.DefaultStream;
        _isPageLocked = isPageLocked;
        _pool = BufferPool.Of(accelerator);
    }

    /// <summary>The first elements, made room for. What they held is lost when the buffer grows.</summary>
    /// <param name="length">At least 0; a kernel is always given one element or more.</param>
    public ArrayView<T> Take(int length) => Bytes(BytesOf(Math.Max(1, length))).Cast<T>();

    /// <summary>Makes room and copies the values in; kernels launched after it see them.</summary>
    public ArrayView<T> Upload(ReadOnlySpan<T> values)
    {
        var length = BytesOf(values.Length);
        if (IsPageLocked(length))
        {
            var staging = Staging(length);
            MemoryMarshal.AsBytes(values).CopyTo(staging.Span);
            Bytes(length).CopyFrom(_stream, staging.ArrayView.SubView(0, length));
            _isCopying = true;
        }
        else if (length > 0)
        {
            Bytes(length).CopyFromCPU(_stream, MemoryMarshal.AsBytes(values));
        }

        return Take(values.Length);
    }

    /// <summary>Waits for the kernels before it and copies the first elements out.</summary>
    public void Download(Span<T> values)
    {
        var length = BytesOf(values.Length);
        if (IsPageLocked(length))
        {
            var staging = Staging(length);
            Bytes(length).CopyTo(_stream, staging.ArrayView.SubView(0, length));
            _stream.Synchronize();
            staging.Span[..(int)length].CopyTo(MemoryMarshal.AsBytes(values));
        }
        else if (length > 0)
        {
            Bytes(length).CopyToCPU(_stream, MemoryMarshal.AsBytes(values));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Return();
        if (_staging is not null)
            _pool.Return(_staging);
        _staging = null;
    }

    private bool IsPageLocked(long length) => _isPageLocked && length is > 0 and <= PageLockedBytesMax;

    private static long BytesOf(int length) => (long)length * Unsafe.SizeOf<T>();

    private ArrayView<byte> Bytes(long length)
    {
        if (_memory is null || _memory.Length < length)
        {
            Return();
            _memory = _pool.Rent(length);
        }

        return _memory.View.AsContiguous().SubView(0, length);
    }

    private PageLockedArray1D<byte> Staging(long length)
    {
        // The device may still read what the last upload left here.
        if (_isCopying)
            _stream.Synchronize();
        _isCopying = false;
        if (_staging is null || _staging.Length < length)
        {
            if (_staging is not null)
                _pool.Return(_staging);
            _staging = null;
            _staging = _pool.RentPageLocked(length);
        }

        return _staging;
    }

    private void Return()
    {
        if (_memory is not null)
            _pool.Return(_memory);
        _memory = null;
    }
}
