using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Work;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>Trained models in a silo's folder, asked from outside.</summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_client_asks_a_model_by_its_file_s_name()
    {
        using var folder = new TemporaryFolder();
        var models = Directory.CreateDirectory(Path.Combine(folder.Path, "models")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(models, "wear.onnx"), OnnxBytes.Dense([1, -1, 2, 0.5f, 0, 3], [0.25f, -0.5f], inputs: 3), TestContext.Current.CancellationToken);
        await using var silo = new SiloProcess(folder.Path, output, ("Models__Folder", models));
        await silo.StartAsync();
        var (host, client) = await silo.ConnectAsync();
        using var connected = host;
        var grid = client.GetGrain<IGridGrain>("load");
        var reply = await grid.Compute(
            new ModelRequest("wear", [1, 2, 3, -1, 0, 0], 3) { Deadline = DateTimeOffset.UtcNow.AddMinutes(1) }, TestContext.Current.CancellationToken);
        Assert.True(reply.Outcome == ComputeOutcome.Done, reply.Detail);
        Assert.Equal([5.25, 8.5, 0, 0.5], reply.Values);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => grid.Compute(new ModelRequest("tear", [1], 1), TestContext.Current.CancellationToken));
        Assert.Contains("there is no model 'tear'; this silo has wear", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_named_at_the_start()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "broken.onnx"), "no model", TestContext.Current.CancellationToken);
        await using var silo = new SiloProcess(folder.Path, output, ("Models__Folder", folder.Path));
        Assert.NotEqual(0, await silo.RunAsync());
        Assert.Contains($"Models:Folder is '{folder.Path}': broken: the model cannot be read", silo.Output, StringComparison.Ordinal);
    }
}
