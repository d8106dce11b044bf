using System.Text.Json;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Audit;
using IndustrialTwin.Models;
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

    [Fact]
    public async Task A_silo_runs_the_signed_model_refuses_the_others_and_tells_of_it()
    {
        using var folder = new TemporaryFolder();
        var cancelled = TestContext.Current.CancellationToken;
        var models = Directory.CreateDirectory(Path.Combine(folder.Path, "models")).FullName;
        var trusted = Directory.CreateDirectory(Path.Combine(folder.Path, "trusted")).FullName;
        var (publicFile, _) = ModelKey.Create(Path.Combine(folder.Path, "vendor.pem"));
        File.Copy(publicFile, Path.Combine(trusted, "vendor.pem"));
        var bytes = OnnxBytes.Dense([1, -1, 2, 0.5f, 0, 3], [0.25f, -0.5f], inputs: 3);
        foreach (var name in (string[])["wear", "tear", "changed"])
        {
            await File.WriteAllBytesAsync(Path.Combine(models, $"{name}.onnx"), bytes, cancelled);
        }

        using (var key = ModelKey.ReadPrivate(Path.Combine(folder.Path, "vendor.pem")))
        {
            ModelSignature.Sign(bytes, "wear", "1.0", key).Write(Path.Combine(models, "wear.onnx.sig"));
            ModelSignature.Sign([1, 2, 3], "changed", "1.0", key).Write(Path.Combine(models, "changed.onnx.sig"));
        }

        await using var silo = new SiloProcess(
            folder.Path, output, ("Models__Folder", models), ("Models__TrustedKeys", trusted), ("Models__RequireSignature", "true"), ("Security__Access", "Required"));
        var admin = await silo.KeyAsync();
        await silo.StartAsync();
        Assert.Contains("Model 'wear' (", silo.Output, StringComparison.Ordinal);
        Assert.Contains($"ModelRefused: model 'tear' ({models}/tear.onnx) is refused (Unsigned): there is no signature 'tear.onnx.sig'", silo.Output, StringComparison.Ordinal);
        Assert.Contains($"ModelRefused: model 'changed' ({models}/changed.onnx) is refused (Tampered)", silo.Output, StringComparison.Ordinal);
        using var http = new HttpClient();
        using var health = JsonDocument.Parse(await http.GetStringAsync(new Uri(silo.Http, "/health/ready"), cancelled));
        var check = health.RootElement.GetProperty("checks").GetProperty("models");
        Assert.Equal(
            ("Degraded", "1 of 3 models are taken. Refused: changed (Tampered), tear (Unsigned)."), (check.GetProperty("status").GetString(), check.GetProperty("detail").GetString()));

        var (host, client) = await silo.ConnectAsync(admin);
        using var connected = host;
        var grid = client.GetGrain<IGridGrain>("load");
        var reply = await grid.Compute(new ModelRequest("wear", [1, 2, 3], 3) { Deadline = DateTimeOffset.UtcNow.AddMinutes(1) }, cancelled);
        Assert.True(reply.Outcome == ComputeOutcome.Done, reply.Detail);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => grid.Compute(new ModelRequest("tear", [1, 2, 3], 3), cancelled));
        Assert.Contains("there is no model 'tear'; this silo has wear", error.Message, StringComparison.Ordinal);

        var records = (await client.GetGrain<IAuditGrain>(IAuditGrain.Key).Read(1, 100)).Select(record => record.Event).Where(happened => happened.What == "model").ToList();
        Assert.Equal(
            [("changed", AuditOutcome.Denied), ("tear", AuditOutcome.Denied), ("wear", AuditOutcome.Allowed)], records.Select(happened => (happened.Where, happened.Outcome)));
        Assert.Contains("version 1.0, signed with the key", records[2].Detail, StringComparison.Ordinal);
    }
}
