using IndustrialTwin.CommandLine;
using Xunit;

namespace IndustrialTwin.Models;

/// <summary>Keys, signatures and their verification by the command line.</summary>
public sealed class ModelCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("itwin-models-").FullName;

    private string Key => Path.Combine(_folder, "vendor.pem");

    private string Model => Path.Combine(_folder, "wear.onnx");

    public ModelCommandTests() => File.WriteAllText(Model, "a model");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_model_is_signed_and_verified_and_a_changed_one_is_not()
    {
        var made = await Invocation.RunAsync("model", "keygen", Key);
        Assert.Equal(ExitCode.Done, made.ExitCode);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Key));
        }

        var again = await Invocation.RunAsync("model", "keygen", Key);
        Assert.Equal(ExitCode.Refused, again.ExitCode);
        Assert.Contains("already exists", again.Error, StringComparison.Ordinal);

        var trusted = Directory.CreateDirectory(Path.Combine(_folder, "trusted")).FullName;
        File.Copy(Path.Combine(_folder, "vendor.pub.pem"), Path.Combine(trusted, "vendor.pem"));
        var unsigned = await Invocation.RunAsync("model", "verify", Model, "--keys", trusted);
        Assert.Equal(ExitCode.Refused, unsigned.ExitCode);
        Assert.Contains($"{Model} is refused (Unsigned)", unsigned.Error, StringComparison.Ordinal);

        var signed = await Invocation.RunAsync("model", "sign", Model, "--key", Key, "--model-version", "2.1");
        Assert.Equal((ExitCode.Done, Model + ".sig"), (signed.ExitCode, signed.Out.Trim()));
        var good = await Invocation.RunAsync("model", "verify", Model, "--keys", trusted);
        Assert.Equal(ExitCode.Done, good.ExitCode);
        Assert.Contains($"{Model} is good: version 2.1, signed with the key {made.Out[..16]}", good.Out, StringComparison.Ordinal);

        await File.AppendAllTextAsync(Model, "!", TestContext.Current.CancellationToken);
        var tampered = await Invocation.RunAsync("model", "verify", Model, "--keys", trusted);
        Assert.Equal(ExitCode.Refused, tampered.ExitCode);
        Assert.Contains("is refused (Tampered)", tampered.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_signed_is_named()
    {
        await Invocation.RunAsync("model", "keygen", Key);
        var version = await Invocation.RunAsync("model", "sign", Model, "--key", Key, "--model-version", "a b");
        Assert.Equal(ExitCode.Usage, version.ExitCode);
        Assert.Contains("the version is 'a b'; expected 1 to 64", version.Error, StringComparison.Ordinal);
        var publicKey = await Invocation.RunAsync("model", "sign", Model, "--key", Path.Combine(_folder, "vendor.pub.pem"));
        Assert.Equal(ExitCode.Refused, publicKey.ExitCode);
        Assert.Contains("holds a 'PUBLIC KEY'; expected a private key", publicKey.Error, StringComparison.Ordinal);
        var absent = await Invocation.RunAsync("model", "sign", Path.Combine(_folder, "none.onnx"), "--key", Key);
        Assert.Equal(ExitCode.Refused, absent.ExitCode);
        Assert.Contains("none.onnx", absent.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await Invocation.RunAsync("model", "sign", Model)).ExitCode);
    }
}
