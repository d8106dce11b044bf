using System.Runtime.InteropServices;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>FFTW's real transform in single precision, where the system has libfftw3f.</summary>
internal sealed unsafe partial class Fftw : IDisposable
{
    private const string Library = "libfftw3f.so.3";
    private const uint Measured = 0; // FFTW_MEASURE: it tries plans and keeps the fastest.
    private readonly nint _input;
    private readonly nint _output;
    private readonly nint _plan;
    private readonly int _length;

    public Fftw(int length)
    {
        _length = length;
        _input = Allocate((nuint)(length * sizeof(float)));
        _output = Allocate((nuint)(((length / 2) + 1) * 2 * sizeof(float)));
        _plan = Plan(length, _input, _output, Measured);
    }

    public static bool IsPresent => NativeLibrary.TryLoad(Library, out _);

    public Span<float> Input => new((void*)_input, _length);

    /// <summary>Real and imaginary parts in turn.</summary>
    public ReadOnlySpan<float> Output => new((void*)_output, ((_length / 2) + 1) * 2);

    public void Run() => Execute(_plan);

    public void Dispose()
    {
        Destroy(_plan);
        Free(_input);
        Free(_output);
    }

    [LibraryImport(Library, EntryPoint = "fftwf_malloc")]
    private static partial nint Allocate(nuint bytes);

    [LibraryImport(Library, EntryPoint = "fftwf_free")]
    private static partial void Free(nint memory);

    [LibraryImport(Library, EntryPoint = "fftwf_plan_dft_r2c_1d")]
    private static partial nint Plan(int length, nint input, nint output, uint flags);

    [LibraryImport(Library, EntryPoint = "fftwf_execute")]
    private static partial void Execute(nint plan);

    [LibraryImport(Library, EntryPoint = "fftwf_destroy_plan")]
    private static partial void Destroy(nint plan);
}
