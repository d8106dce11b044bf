using CsCheck;

namespace IndustrialTwin.Models;

/// <summary>Which models are taken: those whose bytes, name and version a trusted key signed.</summary>
public sealed class ModelSignatureTests : IDisposable
{
    private static readonly byte[] Model = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];

    private readonly string _folder = Directory.CreateTempSubdirectory("itwin-models-").FullName;

    private string Wear => Path.Combine(_folder, "wear.onnx");

    private string Trusted => Path.Combine(_folder, "trusted");

    public ModelSignatureTests() => File.WriteAllBytes(Wear, Model);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_that_a_trusted_key_signed_is_taken()
    {
        var id = Key("a", isTrusted: true);
        Sign("a", Wear);
        var verdict = Judge(Wear);
        Assert.Null(verdict.Refusal);
        Assert.Equal(("wear", Wear, $"version 1.2, signed with the key {id[..16]}"), (verdict.Model, verdict.File, verdict.Detail));
    }

    [Fact]
    public void An_unsigned_model_is_refused()
    {
        Key("a", isTrusted: true);
        Refused(ModelRefusal.Unsigned, Wear, "no signature 'wear.onnx.sig'");
    }

    [Fact]
    public void A_model_of_a_foreign_key_is_refused()
    {
        Key("a", isTrusted: true);
        var foreign = Key("b", isTrusted: false);
        Sign("b", Wear);
        Refused(ModelRefusal.ForeignKey, Wear, $"key {foreign[..16]}, which is not trusted");
    }

    [Fact]
    public void A_renamed_model_is_refused_with_its_signature()
    {
        Key("a", isTrusted: true);
        Sign("a", Wear);
        var tear = Path.Combine(_folder, "tear.onnx");
        File.Move(Wear, tear);
        File.Move(Wear + ModelSignature.Ending, tear + ModelSignature.Ending);
        Refused(ModelRefusal.Renamed, tear, "signed as 'wear'");
    }

    [Fact]
    public void What_the_signature_says_cannot_be_changed()
    {
        Key("a", isTrusted: true);
        var other = Key("b", isTrusted: true);
        Sign("a", Wear);
        var good = ModelSignature.Read(Wear + ModelSignature.Ending);
        foreach (var forged in (ModelSignature[])
            [good with { Version = "2" }, good with { Name = "tear" }, good with { KeyId = other }, good with { Signature = [1, 2, 3] }, good with { Signature = [] }])
        {
            forged.Write(Wear + ModelSignature.Ending);
            Refused(ModelRefusal.Tampered, Wear, "are not those that the key");
        }

        good.Write(Wear + ModelSignature.Ending);
        Assert.Null(Judge(Wear).Refusal);
    }

    [Fact]
    public void No_byte_of_the_model_can_be_changed()
    {
        Key("a", isTrusted: true);
        Sign("a", Wear);
        Gen.Select(Gen.Int[0, Model.Length - 1], Gen.Byte[1, 255]).Sample(
            (at, flip) =>
            {
                var changed = (byte[])Model.Clone();
                changed[at] ^= flip;
                return TrustedModelKeys.Read(Trusted).Judge(Wear, changed).Refusal == ModelRefusal.Tampered;
            },
            iter: 50);
        Assert.Equal(ModelRefusal.Tampered, TrustedModelKeys.Read(Trusted).Judge(Wear, Model.AsSpan(1)).Refusal);
        Assert.Equal(ModelRefusal.Tampered, TrustedModelKeys.Read(Trusted).Judge(Wear, [.. Model, 0]).Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"keyId":null,"name":"wear","version":"1","signature":""}""")]
    [InlineData("""{"keyId":"x","name":"wear","version":"1","signature":""}""")]
    [InlineData("""{"keyId":"0000000000000000000000000000000000000000000000000000000000000000","name":"a/b","version":"1","signature":""}""")]
    [InlineData("""{"keyId":"0000000000000000000000000000000000000000000000000000000000000000","name":"wear","version":"1\n2","signature":""}""")]
    [InlineData("""{"keyId":"0000000000000000000000000000000000000000000000000000000000000000","name":"wear","version":"1","signature":"?"}""")]
    public void What_is_no_signature_is_refused(string text)
    {
        Key("a", isTrusted: true);
        File.WriteAllText(Wear + ModelSignature.Ending, text);
        Refused(ModelRefusal.UnreadableSignature, Wear, "is no signature of a model");
    }

    [Fact]
    public void A_signature_s_file_has_a_limit()
    {
        Key("a", isTrusted: true);
        File.WriteAllText(Wear + ModelSignature.Ending, new string(' ', 5_000));
        Refused(ModelRefusal.UnreadableSignature, Wear, "more than 4096 bytes");
    }

    [Fact]
    public void Keys_rotate_while_two_are_trusted()
    {
        Key("old", isTrusted: true);
        Sign("old", Wear);
        Key("new", isTrusted: true);
        Assert.Null(Judge(Wear).Refusal);
        Sign("new", Wear);
        Assert.Null(Judge(Wear).Refusal);
        File.Delete(Path.Combine(Trusted, "old.pub.pem"));
        Assert.Null(Judge(Wear).Refusal);
        Sign("old", Wear);
        Refused(ModelRefusal.ForeignKey, Wear, "not trusted");
    }

    [Fact]
    public void A_key_is_for_its_owner_only_and_never_overwritten()
    {
        Key("a", isTrusted: false);
        var before = File.ReadAllText(Path.Combine(_folder, "a.pem"));
        Assert.Throws<IOException>(() => ModelKey.Create(Path.Combine(_folder, "a.pem")));
        File.Delete(Path.Combine(_folder, "a.pub.pem"));
        Assert.Throws<IOException>(() => ModelKey.Create(Path.Combine(_folder, "a.pem")));
        Assert.Equal(before, File.ReadAllText(Path.Combine(_folder, "a.pem")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "a.pem")));
        }
    }

    [Fact]
    public void A_folder_of_keys_that_is_none_is_named()
    {
        Assert.Contains("cannot be read", Assert.Throws<ModelKeyException>(() => TrustedModelKeys.Read(Trusted)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Trusted);
        Assert.Contains("holds no public key", Assert.Throws<ModelKeyException>(() => TrustedModelKeys.Read(Trusted)).Message, StringComparison.Ordinal);
        Key("a", isTrusted: true);
        File.Copy(Path.Combine(_folder, "a.pem"), Path.Combine(Trusted, "z.pem"));
        Assert.Contains("z.pem' holds a 'PRIVATE KEY'", Assert.Throws<ModelKeyException>(() => TrustedModelKeys.Read(Trusted)).Message, StringComparison.Ordinal);
        using (var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384))
        {
            File.WriteAllText(Path.Combine(Trusted, "z.pem"), other.ExportSubjectPublicKeyInfoPem());
        }

        Assert.Contains("z.pem' holds a key on another curve", Assert.Throws<ModelKeyException>(() => TrustedModelKeys.Read(Trusted)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Trusted, "z.pem"), "no key");
        Assert.Contains("z.pem' holds no PEM", Assert.Throws<ModelKeyException>(() => TrustedModelKeys.Read(Trusted)).Message, StringComparison.Ordinal);
    }

    private string Key(string name, bool isTrusted)
    {
        var (publicFile, id) = ModelKey.Create(Path.Combine(_folder, name + ".pem"));
        if (isTrusted)
        {
            Directory.CreateDirectory(Trusted);
            File.Copy(publicFile, Path.Combine(Trusted, name + ".pub.pem"));
        }

        return id;
    }

    private void Sign(string key, string file)
    {
        using var signer = ModelKey.ReadPrivate(Path.Combine(_folder, key + ".pem"));
        ModelSignature.Sign(File.ReadAllBytes(file), Path.GetFileNameWithoutExtension(file), "1.2", signer).Write(file + ModelSignature.Ending);
    }

    private ModelVerdict Judge(string file) => TrustedModelKeys.Read(Trusted).Judge(file, File.ReadAllBytes(file));

    private void Refused(ModelRefusal refusal, string file, string detail)
    {
        var verdict = Judge(file);
        Assert.Equal((refusal, file), (verdict.Refusal, verdict.File));
        Assert.Contains(detail, verdict.Detail, StringComparison.Ordinal);
    }
}
