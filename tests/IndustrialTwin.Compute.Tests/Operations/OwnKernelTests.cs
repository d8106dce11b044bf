using Acme.Overloads;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>The example of a user's own operation, which knows the public surface alone; <see cref="ConformanceTests"/> runs it too.</summary>
public sealed class OwnKernelTests(DevicesPresent devices) : IClassFixture<DevicesPresent>
{
    [Theory]
    [InlineData("native-simd")]
    [InlineData(DevicesPresent.Simulator)]
    public async Task It_runs_on_a_device(string name)
    {
        var device = await devices.OpenAsync(name);
        var outcome = await device.RunAsync(
            OverloadDose.Instance, new OverloadInput(new WindowBatch(new float[] { 10, 12, 15, 9, 8, 7 }, 3), 9.5f));
        Assert.True(outcome.TryGetResult(out var doses), outcome.Reason);
        Assert.Equal([8.5f, 0], doses);
    }

    [Fact]
    public async Task Its_own_check_refuses_bad_input()
    {
        var device = await devices.OpenAsync("native-simd");
        var error = await Assert.ThrowsAsync<ArgumentException>(async () =>
            await device.RunAsync(OverloadDose.Instance, new OverloadInput(new WindowBatch(new float[3], 3), float.NaN)));
        Assert.Contains("acme-overload-dose: LimitKn is NaN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_kernel_compiles_to_ptx()
    {
        using var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O1).Inlining(InliningMode.Aggressive));
        using var backend = new PTXBackend(
            context, new CudaCapabilityContext(CudaArchitecture.SM_80), CudaArchitecture.SM_80, CudaInstructionSet.ISA_70, nvvmAPI: null);
        foreach (var kernel in OverloadDose.Instance.Kernels)
        {
            var compiled = backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method), default);
            Assert.Contains(".entry", Assert.IsType<PTXCompiledKernel>(compiled).PTXAssembly, StringComparison.Ordinal);
        }
    }
}
