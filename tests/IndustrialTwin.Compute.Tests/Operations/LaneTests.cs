using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Conformance;
using IndustrialTwin.Devices.Ilgpu;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Launches in pieces over two streams give what one stream gives, in the same order, whatever the pieces.</summary>
public sealed class LaneTests : IDisposable
{
    private readonly Context _context = Context.Create(IlgpuHardware.Simulator.Register);
    private readonly Accelerator _accelerator;

    public LaneTests() => _accelerator = IlgpuHardware.Simulator.Choose(_context)!.CreateAccelerator(_context);

    public void Dispose()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(100)]
    public void Statistics_are_the_same(int pieceWindows)
    {
        const int Length = 16;
        WindowBatch[] inputs = [Signals.Windows(3, Length, 1), Signals.Windows(1, Length, 2), Signals.Windows(4, Length, 3)];
        var (one, two) = (new WindowSummary[3][], new WindowSummary[3][]);
        using var single = new WindowStatisticsIlgpu(_accelerator, 1, 1);
        using var lanes = new WindowStatisticsIlgpu(_accelerator, 2, pieceWindows * Length * sizeof(float));
        single.Launch(inputs, one);
        for (var repeat = 0; repeat < 2; repeat++)
        {
            lanes.Launch(inputs, two);
            Assert.Equal(one, two);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void Spectra_are_the_same(int pieceWindows)
    {
        const int Length = 32;
        var layout = new SpectrumLayout(1_000, [new(0, 100), new(50, 300)]);
        SpectrumInput[] inputs = [new(Signals.Windows(2, Length, 1), layout), new(Signals.Windows(3, Length, 2), layout)];
        var (one, two) = (new SpectrumResult[2], new SpectrumResult[2]);
        using var single = new PowerSpectrumIlgpu(_accelerator, 1, 1);
        using var lanes = new PowerSpectrumIlgpu(_accelerator, 2, pieceWindows * Length * sizeof(float));
        single.Launch(inputs, one);
        for (var repeat = 0; repeat < 2; repeat++)
        {
            lanes.Launch(inputs, two);
            for (var job = 0; job < 2; job++)
            {
                Assert.Equal(one[job].BandEnergies, two[job].BandEnergies);
                Assert.Equal(one[job].Spectra, two[job].Spectra);
            }
        }
    }
}
