using IndustrialTwin.Starting;
using Xunit;

namespace IndustrialTwin.Models;

/// <summary>When a model needs a signature, and what a silo says where it cannot check one.</summary>
public sealed class ModelShelfTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("itwin-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Auto", false, false)]
    [InlineData("Auto", true, true)]
    [InlineData("true", false, true)]
    [InlineData("false", true, false)]
    public void Beyond_loopback_a_model_is_signed_unless_it_is_said_otherwise(string rule, bool isBeyondLoopback, bool isRequired) =>
        Assert.Equal(isRequired, new ModelOptions { RequireSignature = Enum.Parse<SignatureRule>(rule, ignoreCase: true) }.IsSignatureRequired(isBeyondLoopback));

    [Fact]
    public void Where_signatures_are_required_there_are_keys()
    {
        var options = new ModelOptions { Folder = _folder };
        Assert.Contains(
            "Models:TrustedKeys is not set", Assert.Throws<StartException>(() => ModelShelf.Read(options, isBeyondLoopback: true)).Message, StringComparison.Ordinal);
        Assert.Empty(ModelShelf.Read(options, isBeyondLoopback: false).Verdicts);
        options.TrustedKeys = Path.Combine(_folder, "none");
        Assert.Contains("Models:TrustedKeys: '", Assert.Throws<StartException>(() => ModelShelf.Read(options, isBeyondLoopback: false)).Message, StringComparison.Ordinal);
        Assert.Empty(ModelShelf.Read(new ModelOptions(), isBeyondLoopback: true).Models);
    }

    [Fact]
    public void A_signature_that_does_not_hold_is_refused_where_none_is_required_too()
    {
        var trusted = Directory.CreateDirectory(Path.Combine(_folder, "trusted")).FullName;
        var (publicFile, _) = ModelKey.Create(Path.Combine(_folder, "vendor.pem"));
        File.Copy(publicFile, Path.Combine(trusted, "vendor.pem"));
        var file = Path.Combine(_folder, "wear.onnx");
        File.WriteAllText(file, "a model");
        using (var key = ModelKey.ReadPrivate(Path.Combine(_folder, "vendor.pem")))
        {
            ModelSignature.Sign("another model"u8, "wear", "1", key).Write(file + ModelSignature.Ending);
        }

        var shelf = ModelShelf.Read(new ModelOptions { Folder = _folder, TrustedKeys = trusted, RequireSignature = SignatureRule.False }, isBeyondLoopback: false);
        Assert.Empty(shelf.Models);
        Assert.Equal(ModelRefusal.Tampered, Assert.Single(shelf.Verdicts).Refusal);
    }
}
