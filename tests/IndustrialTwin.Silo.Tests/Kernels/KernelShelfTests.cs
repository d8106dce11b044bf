using System.Security.Cryptography;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Starting;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;
using Xunit;

namespace IndustrialTwin.Kernels;

/// <summary>What may be loaded by configuration, how it is told what it lacks, and that it is the product's own in all else.</summary>
public sealed class KernelShelfTests : IDisposable
{
    private const string Own = "IndustrialTwin.OwnKernel";

    /// <summary>Loaded once: Orleans knows the messages of all that a process has loaded, by one name each.</summary>
    private static readonly Lazy<KernelShelf> Shelf = new(() => KernelShelf.Load(Options(Built(Own))));

    private readonly string _folder = Directory.CreateTempSubdirectory("itwin-kernels-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_is_loaded_that_is_not_named() => Assert.Empty(KernelShelf.Load(new KernelOptions()).Loaded);

    [Fact]
    public void An_assembly_lives_apart_and_shares_what_the_silo_has()
    {
        var loaded = Assert.Single(Shelf.Value.Loaded);
        var binding = Assert.Single(loaded.Bindings);
        Assert.Equal(("acme-overload-dose", "Acme.Overloads.OverloadRequest"), (binding.Name, binding.RequestType.FullName));
        Assert.DoesNotContain(System.Runtime.Loader.AssemblyLoadContext.Default.Assemblies, assembly => assembly.GetName().Name == Own);
        Assert.True(binding.RequestType.IsSubclassOf(typeof(ComputeRequest)));
        Assert.Equal(64, loaded.File.Sha256.Length);
    }

    [Fact]
    public async Task A_kernel_that_was_loaded_so_runs_on_processors_and_on_what_compiles_kernels()
    {
        var binding = Shelf.Value.Loaded[0].Bindings[0];
        var request = binding.NoiseOf("acme-overload-dose.64", 3)!;
        await using var native = await DeviceDiscovery.OpenNativeAsync("native-0");
        var expected = await binding.RunAsync(native, request, default, TestContext.Current.CancellationToken);
        Assert.True(expected.Outcome == ComputeOutcome.Done, expected.Detail);
        Assert.Equal(3, expected.Values.Length);
        Assert.All(expected.Values, dose => Assert.True(dose > 0));

        await using var compiled = await DeviceDiscovery.OpenDriverAsync(new NamedDriver("simulator-0", new SimulatorDriver()), DeviceOptions.Default);
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); !compiled.Status.IsHealthy; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), compiled.Status.LastError);
        }

        var reply = await binding.RunAsync(compiled, request, default, TestContext.Current.CancellationToken);
        Assert.True(reply.Outcome == ComputeOutcome.Done, reply.Detail);
        Assert.Equal(expected.Values.Length, reply.Values.Length);
        Assert.All(expected.Values.Zip(reply.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * pair.First));
    }

    [Fact]
    public void Its_requests_cross_wires_and_other_types_of_its_do_not()
    {
        var shelf = Shelf.Value;
        var binding = shelf.Loaded[0].Bindings[0];
        var request = binding.NoiseOf("acme-overload-dose.64", 2)! with { Deadline = DateTimeOffset.UnixEpoch.AddDays(1) };
        using var host = Silo(shelf);
        var serializer = host.Services.GetRequiredService<Serializer>();
        var bytes = serializer.SerializeToArray<ComputeRequest>(request);
        var read = serializer.Deserialize<ComputeRequest>(bytes);
        Assert.Equal(binding.RequestType, read?.GetType());
        Assert.Equal(request.Deadline, read?.Deadline);
        Assert.Equal(bytes, serializer.SerializeToArray(read));

        // A type of it that is no message is not written, and so none is read.
        Assert.ThrowsAny<Exception>(() => serializer.SerializeToArray<object>(binding));
    }

    [Theory]
    [InlineData("", "", "Kernels:Assemblies:0:Path is ''; expected the absolute path of an assembly.")]
    [InlineData("acme.dll", "", "Kernels:Assemblies:0:Path is 'acme.dll'; expected the absolute path of an assembly.")]
    [InlineData("/no-such/acme.dll", "", "Kernels:Assemblies:0:Sha256 is ''; expected the SHA-256 of '/no-such/acme.dll', 64 hexadecimal digits.")]
    [InlineData("/no-such/acme.dll", "abc", "Kernels:Assemblies:0:Sha256 is 'abc'; expected the SHA-256 of")]
    [InlineData("/no-such/acme.dll", "0000000000000000000000000000000000000000000000000000000000000000", "Kernels:Assemblies:0: '/no-such/acme.dll' cannot be read (")]
    public void A_file_is_named_by_its_path_and_its_hash(string path, string hash, string expected)
    {
        var options = new KernelOptions();
        options.Assemblies.Add(new KernelAssemblyOptions { Path = path, Sha256 = hash });
        Assert.StartsWith(expected, Refused(options), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_as_it_was_allowed_is_refused_and_nothing_beside_it_is_loaded()
    {
        var (good, bad) = (Built(Own), Path.Combine(_folder, "no.dll"));
        File.WriteAllText(bad, "no assembly");
        Assert.Contains($"Kernels:Assemblies:1: '{bad}' is no .NET assembly", Refused(Options(good, bad)), StringComparison.Ordinal);

        var changed = Options(good, good);
        changed.Assemblies[1].Sha256 = new string('0', 64);
        Assert.Matches($"^Kernels:Assemblies:1: the assembly '.*' has the SHA-256 [0-9a-f]{{64}}; expected {new string('0', 64)}\\.", Refused(changed));
        Assert.Contains("Kernels:Assemblies names the assembly 'IndustrialTwin.OwnKernel' 2 times; expected once.", Refused(Options(good, good)), StringComparison.Ordinal);
        var library = Options(good);
        library.Assemblies[0].Libraries.Add(new KernelFileOptions { Path = bad, Sha256 = new string('1', 64) });
        Assert.Contains("Kernels:Assemblies:0:Libraries:0: the assembly", Refused(library), StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_without_kernels_says_what_was_expected() => Assert.Contains(
        "Kernels:Assemblies:0: the assembly 'IndustrialTwin.Testing' has no kernel; expected a public class that derives from IndustrialTwin.Kernels.KernelBinding.",
        Refused(Options(typeof(IndustrialTwin.Testing.SharedPostgres).Assembly.Location)), StringComparison.Ordinal);

    [Theory]
    [InlineData(typeof(Demanding), "has no public constructor without parameters; expected one.")]
    [InlineData(typeof(Throwing), "cannot be made (InvalidOperationException: no licence).")]
    [InlineData(typeof(Mute), "which cannot cross wires; expected [GenerateSerializer] on it")]
    [InlineData(typeof(Nameless), "with no alias; expected [Alias] with a name of your own")]
    [InlineData(typeof(Impostor), "with the alias 'itwin.forecast-request-2'; expected [Alias] with a name of your own, which does not begin with 'itwin.'.")]
    public void A_binding_that_is_not_as_it_must_be_is_named_with_its_assembly(Type type, string expected)
    {
        var message = Assert.Throws<StartException>(() => KernelTypes.BindingsOf([type], "Acme", "Kernels:Assemblies:0")).Message;
        Assert.StartsWith($"Kernels:Assemblies:0: {type.FullName} of the assembly 'Acme' ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    private static string Refused(KernelOptions options) => Assert.Throws<StartException>(() => KernelShelf.Load(options)).Message;

    private static KernelOptions Options(params string[] files)
    {
        var options = new KernelOptions();
        foreach (var file in files)
        {
            options.Assemblies.Add(new KernelAssemblyOptions { Path = file, Sha256 = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))) });
        }

        return options;
    }

    private static IHost Silo(KernelShelf shelf)
    {
        var host = Host.CreateEmptyApplicationBuilder(null);
        host.UseOrleans(silo => shelf.AddTo(silo.UseLocalhostClustering()));
        return host.Build();
    }

    private static string Built(string project)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(built.FullName, "..", "..", "..", "..", project, "bin", built.Parent!.Name, "net10.0", $"{project}.dll"));
    }

    /// <summary>ILGPU's simulator of a GPU, as a driver would bring hardware of its own.</summary>
    private sealed class SimulatorDriver : DeviceDriver
    {
        public override DeviceHardware Open(string id) => new Hardware(id);

        private sealed class Hardware : DeviceHardware
        {
            private readonly Context _context = Context.Create(builder => builder.CPU());
            private readonly Accelerator _accelerator;

            public Hardware(string id)
            {
                _accelerator = _context.CreateCPUAccelerator(0);
                Description = new(id, DeviceKind.External, "ILGPU's simulator", 1 << 28, 1, true, 128);
            }

            public override DeviceDescription Description { get; }

            public override OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation) =>
                operation.CreateIlgpuForm(_accelerator);

            public override void Dispose()
            {
                _accelerator.Dispose();
                _context.Dispose();
            }
        }
    }
}
