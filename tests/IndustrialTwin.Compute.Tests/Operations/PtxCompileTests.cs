using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Every kernel of every operation becomes PTX, on a machine without a GPU too.</summary>
public sealed class PtxCompileTests
{
    public static TheoryData<string, string> All()
    {
        var data = new TheoryData<string, string>();
        foreach (var operation in ConformanceTests.OperationTypes)
        {
            data.Add(operation.Name, "sm_80");
            data.Add(operation.Name, "sm_90");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_kernels_compile(string type, string architecture)
    {
        var operation = (Operation)ConformanceTests.OperationTypes.Single(x => x.Name == type).GetProperty("Instance")!.GetValue(null)!;
        Assert.NotEmpty(operation.Kernels);
        using var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O1).Inlining(InliningMode.Aggressive));
        var cuda = architecture == "sm_80" ? CudaArchitecture.SM_80 : CudaArchitecture.SM_90;
        using var backend = new PTXBackend(context, new CudaCapabilityContext(cuda), cuda, CudaInstructionSet.ISA_80, null!);
        foreach (var kernel in operation.Kernels)
        {
            var entry = kernel.IsGrouped
                ? EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method)
                : EntryPointDescription.FromImplicitlyGroupedKernel(kernel.Method);
            var compiled = Assert.IsType<PTXCompiledKernel>(backend.Compile(entry, default));
            var target = compiled.PTXAssembly.IndexOf(".target", StringComparison.Ordinal);
            // ILGPU 1.5.3 names sm_80 as the target for sm_90 too: PTX runs on every later architecture.
            Assert.Equal(".target sm_80", compiled.PTXAssembly.Substring(target, 13));
        }
    }
}
