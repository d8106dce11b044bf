using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using IndustrialTwin.Operations.Spectra;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Every kernel of every operation becomes PTX, on a machine without a GPU too.</summary>
public sealed class CompileTests
{
    /// <summary>All operations that the assembly has an instance of; a new one needs no line here.</summary>
    private static Operation[] Operations { get; } =
    [
        .. typeof(PowerSpectrum).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(Operation)) && !type.IsAbstract)
            .Select(type => type.GetProperty("Instance", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
            .OfType<Operation>(),
    ];

    public static TheoryData<string, string, int, int> Kernels()
    {
        var data = new TheoryData<string, string, int, int>();
        foreach (var operation in Operations)
        {
            foreach (var kernel in operation.Kernels)
            {
                data.Add(operation.Name, kernel.Method.Name, 8, 0);
                data.Add(operation.Name, kernel.Method.Name, 9, 0);
            }
        }

        return data;
    }

    [Fact]
    public void Every_operation_names_its_kernels()
    {
        Assert.True(Operations.Length >= 5);
        Assert.Equal(Operations.Length, Operations.Select(operation => operation.Name).Distinct().Count());
        Assert.All(Operations, operation => Assert.NotEmpty(operation.Kernels));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_kernel_compiles_to_ptx(string operation, string kernel, int major, int minor)
    {
        var entry = Operations.Single(found => found.Name == operation).Kernels.First(found => found.Method.Name == kernel);
        using var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O1).Inlining(InliningMode.Aggressive));
        var architecture = new CudaArchitecture(major, minor);
        using var backend = new PTXBackend(
            context, new CudaCapabilityContext(architecture), architecture, new CudaInstructionSet(7, major == 9 ? 8 : 0), nvvmAPI: null);
        var description = entry.IsGrouped
            ? EntryPointDescription.FromExplicitlyGroupedKernel(entry.Method)
            : EntryPointDescription.FromImplicitlyGroupedKernel(entry.Method);
        var compiled = Assert.IsType<PTXCompiledKernel>(backend.Compile(description, default));
        // ILGPU 1.5.3 writes sm_80 for every later GPU too, whose driver compiles it on: PTX is forward compatible.
        Assert.Contains(".target sm_80\n", compiled.PTXAssembly.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains(".entry", compiled.PTXAssembly, StringComparison.Ordinal);
        // Static shared memory that every CUDA device grants without being asked.
        Assert.InRange(compiled.Info?.SharedAllocations.TotalSize ?? 0, 0, 48 * 1024);
    }
}
