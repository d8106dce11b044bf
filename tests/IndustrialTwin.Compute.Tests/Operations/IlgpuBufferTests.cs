using CsCheck;
using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Devices.Ilgpu;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Device memory on ILGPU's simulator, with plain copies and with the page-locked ones that CUDA gets.</summary>
public sealed class IlgpuBufferTests : IDisposable
{
    private readonly Context _context = Context.Create(IlgpuHardware.Simulator.Register);
    private readonly Accelerator _accelerator;

    public IlgpuBufferTests() => _accelerator = IlgpuHardware.Simulator.Choose(_context)!.CreateAccelerator(_context);

    public void Dispose()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_goes_in_comes_out(bool isPageLocked)
    {
        using var buffer = new IlgpuBuffer<double>(_accelerator, isPageLocked);
        Gen.Double[-1, 1].Array[0, 3_000].Sample(
            values =>
            {
                var view = buffer.Upload(values);
                Assert.Equal(Math.Max(1, values.Length), view.Length);
                var back = new double[values.Length];
                buffer.Download(back);
                Assert.Equal(values, back);
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public void Memory_comes_in_powers_of_two_and_goes_round()
    {
        var first = new IlgpuBuffer<float>(_accelerator);
        Assert.Equal(8_192, MemoryOf(first.Take(1_025)).LengthInBytes);
        var memory = MemoryOf(first.Take(2_000));
        Assert.Same(memory, MemoryOf(first.Take(10)));
        first.Dispose();
        using var second = new IlgpuBuffer<int>(_accelerator);
        Assert.Same(memory, MemoryOf(second.Take(1_500)));
        using var third = new IlgpuBuffer<int>(_accelerator);
        Assert.NotSame(memory, MemoryOf(third.Take(1_500)));
        Assert.Equal(4_096, MemoryOf(third.Take(1_500)).LengthInBytes / 2);
    }

    private static MemoryBuffer MemoryOf<T>(ArrayView<T> view)
        where T : unmanaged => ((IContiguousArrayView)view).Buffer;
}
