using IndustrialTwin.Accelerators;
using IndustrialTwin.Cluster;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Work;
using Xunit;

namespace IndustrialTwin.Kernels;

/// <summary>All that is registered, whatever it is: nothing that a device can compute is out of the grid's reach.</summary>
public class CatalogueTests(TwinCluster cluster)
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(1);

    /// <summary>Shapes to try kernels with. A binding that is not here fails the test that asks.</summary>
    private static readonly Dictionary<string, string> Shapes = new()
    {
        ["window-statistics"] = "64",
        ["power-spectrum"] = "256",
        ["sliding-statistics"] = "64",
        ["sliding-spectrum"] = "256",
        ["envelope-spectrum"] = "256",
        ["rolling-statistics"] = "20",
        ["exponential-statistics"] = "",
        ["matrix-profile"] = "200x20",
        ["hotelling-fit"] = "5",
        ["hotelling-score"] = "5",
        ["gaussian-likelihood"] = "50",
        ["forecast-fit"] = "16x4",
        ["forecast"] = "16x4",
        ["autoencoder-train"] = "6x8x2x16",
        ["autoencoder-score"] = "6x8x2",
        ["convolution"] = "20x10x5x3",
        ["template-difference"] = "20x10x3",
        ["matrix-product"] = "30x20",
        ["degradation-what-if"] = "",
        ["line-what-if"] = "4",
        ["gradient-aggregation"] = "7x3",
        ["model"] = TwinCluster.Model,
        ["acme-overload-dose"] = "64",
    };

    public static TheoryData<string> Names => [.. Shapes.Keys];

    [Fact]
    public void Every_operation_has_a_binding()
    {
        var bound = cluster.Catalogue.Bindings.Select(binding => binding.OperationType).ToHashSet();
        var without = typeof(Operation).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(Operation)) && !type.IsAbstract && !bound.Contains(type))
            .Select(type => type.Name);
        Assert.Empty(without);
    }

    [Fact]
    public void Every_binding_is_tried_here() =>
        Assert.Equal(Shapes.Keys.Order(), cluster.Catalogue.Bindings.Select(binding => binding.Name).Order());

    [Theory, MemberData(nameof(Names))]
    public async Task What_a_kernel_is_tried_with_is_computed_through_the_grid(string name)
    {
        var binding = cluster.Catalogue.Bindings.Single(known => known.Name == name);
        var kernel = Shapes[name].Length == 0 ? name : $"{name}.{Shapes[name]}";
        Assert.Same(binding, cluster.Catalogue.BindingOf(kernel));
        var before = 0L;
        foreach (var units in (int[])[1, 3])
        {
            var request = Assert.IsType<ComputeRequest>(binding.NoiseOf(kernel, units), exactMatch: false);
            Assert.Equal(binding.RequestType, request.GetType());
            binding.Validate(request);
            var demand = cluster.Catalogue.DemandOf(request);
            Assert.Equal((kernel, units), (demand.Kernel, demand.Units));
            Assert.InRange(demand.PayloadBytes, before, 1 << 22);
            Assert.True(binding.IsSliced || !demand.IsSliced);
            Assert.False(demand.IsBatched && demand.IsSliced);
            before = demand.PayloadBytes;

            var reply = await Ask(request);
            Assert.True(reply.Outcome == ComputeOutcome.Done, reply.Detail);
            Assert.NotNull(reply.Accelerator);
            Assert.All(reply.Values, value => Assert.True(double.IsFinite(value)));
            Assert.True(reply.Values.Length > 0 || reply.Model is not null || reply.Result is not null);
            Assert.InRange(reply.LaunchMs, 0.0001, 60_000);
        }
    }

    [Fact]
    public async Task A_deadline_that_has_passed_is_kept_by_every_kernel()
    {
        foreach (var binding in cluster.Catalogue.Bindings)
        {
            var kernel = Shapes[binding.Name].Length == 0 ? binding.Name : $"{binding.Name}.{Shapes[binding.Name]}";
            var reply = await Ask(binding.NoiseOf(kernel, 1)! with { Deadline = DateTimeOffset.UtcNow.AddSeconds(-1) });
            Assert.True(reply.Outcome is ComputeOutcome.Expired or ComputeOutcome.Refused, $"{binding.Name}: {reply.Outcome}");
            Assert.Empty(reply.Values);
        }
    }

    [Fact]
    public void A_request_that_nothing_computes_is_refused_by_its_name()
    {
        var error = Assert.Throws<ArgumentException>(() => cluster.Catalogue.DemandOf(new UnknownRequest()));
        Assert.Contains("No kernel computes a request of type IndustrialTwin.Kernels.CatalogueTests+UnknownRequest", error.Message, StringComparison.Ordinal);
        Assert.Contains("EnvelopeRequest, ExponentialRequest", error.Message, StringComparison.Ordinal);
        Assert.Contains("AddKernel", error.Message, StringComparison.Ordinal);
        Assert.Null(cluster.Catalogue.BindingOf("no-such-kernel.5"));
    }

    [Fact]
    public void Two_bindings_of_one_request_are_refused_by_their_names()
    {
        var error = Assert.Throws<ArgumentException>(() => new KernelCatalogue([new ForecastBinding(), new ForecastBinding()]));
        Assert.Contains("'IndustrialTwin.Accelerators.ForecastRequest' has the bindings IndustrialTwin.Kernels.ForecastBinding and", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_no_queue_could_have_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new KernelCatalogue([new ModelBinding([]), new DottedBinding()]));
        Assert.Contains("DottedBinding has the name 'a.b'; expected letters, digits and dashes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_device_has_no_form_for_another_of_its_node_does()
    {
        var binding = cluster.Catalogue.BindingOf($"model.{TwinCluster.Model}")!;
        var request = binding.NoiseOf($"model.{TwinCluster.Model}", 2)!;
        await using var native = new ScriptedDevice("native-9");
        await native.OpenAsync();
        var reply = await cluster.Catalogue.RunAsync(new FormlessDevice(), [new FormlessDevice(), native], request, default, TestContext.Current.CancellationToken);
        Assert.Equal((ComputeOutcome.Done, 4), (reply.Outcome, reply.Values.Length));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => cluster.Catalogue.RunAsync(new FormlessDevice(), [], request, default, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("", true, "")]
    [InlineData("96", true, "96")]
    [InlineData("96x24", true, "96x24")]
    [InlineData("1x2x3x4", true, "1x2x3x4")]
    [InlineData("1x2x3x4x5", false, "")]
    [InlineData("0", false, "")]
    [InlineData("-5", false, "")]
    [InlineData("5x", false, "")]
    [InlineData("99999999999", false, "")]
    public void A_shape_is_read_from_a_kernels_name(string text, bool isShape, string back)
    {
        Assert.Equal(isShape, KernelShape.TryParse(text, out var shape));
        Assert.Equal(back, shape.ToString());
    }

    [Theory]
    [InlineData("window-statistics.2000000000")]
    [InlineData("hotelling-score.1000000")]
    [InlineData("convolution.100000x100000x3x3")]
    public void A_name_that_nobody_can_mean_makes_no_noise(string kernel) =>
        Assert.ThrowsAny<ArgumentException>(() => cluster.Catalogue.BindingOf(kernel)!.NoiseOf(kernel, 1));

    private Task<ComputeReply> Ask(ComputeRequest request) =>
        cluster.Grains.GetGrain<IGridGrain>("kernels").Compute(request.Deadline is null ? request with { Deadline = DateTimeOffset.UtcNow + Ample } : request);

    private sealed record UnknownRequest : ComputeRequest;

    private sealed class DottedBinding : KernelBinding<UnknownRequest, WindowBatch, float[]>
    {
        public DottedBinding()
            : base(null)
        {
        }

        public override string Name => "a.b";

        protected override WindowBatch InputOf(UnknownRequest request) => default;

        protected override ComputeReply ReplyTo(UnknownRequest request, float[] result) => Done(result);

        protected override long UnitsOf(UnknownRequest request) => 1;

        protected override long BytesOf(UnknownRequest request) => 0;

        protected override UnknownRequest? NoiseOf(KernelShape shape, int units) => null;
    }

    /// <summary>A GPU, as models see it.</summary>
    private sealed class FormlessDevice : IComputeDevice
    {
        public DeviceDescription Description { get; } = new("cuda-0", DeviceKind.IlgpuCuda, "a GPU", 1, 1, true, 32);

        public DeviceStatus Status => throw new NotSupportedException();

        public ValueTask<JobOutcome<TResult>> RunAsync<TInput, TResult>(
            Operation<TInput, TResult> operation, TInput input, JobOptions options, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("It has no form.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
