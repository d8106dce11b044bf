using System.Text.RegularExpressions;
using Xunit;

namespace IndustrialTwin;

/// <summary>Documents that a requirement asks for say what the code does, and all of it.</summary>
public partial class SecurityDocumentsTests
{
    [Fact]
    public void Every_use_of_cryptography_is_in_the_inventory_and_nothing_else_is()
    {
        var used = Repository.Files(".cs", "src", "grains", "silo")
            .SelectMany(file => Primitive().Matches(Repository.Read(file)).Select(match => $"{file}: {match.Value}")).Distinct().Order().ToList();
        var listed = Row().Matches(Repository.Read("docs/security/cryptography.md"))
            .SelectMany(row => row.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries).Select(name => $"{row.Groups[1].Value}: {name}")).Order().ToList();
        Assert.True(used.Count > 20);
        Assert.Equal(used, listed);
        Assert.DoesNotContain(used, use => Broken().IsMatch(use));
    }

    [Fact]
    public void How_signing_in_is_defended_names_every_setting_of_it()
    {
        var document = Repository.Read("docs/security/identity.md");
        var settings = ((string[])["src/IndustrialTwin.Security/Identities/SecurityOptions.cs", "src/IndustrialTwin.Dashboard/Dashboard/DashboardOptions.cs"])
            .SelectMany(file => Setting().Matches(Repository.Read(file)).Select(match => match.Groups[1].Value)).Where(name => Defends().IsMatch(name)).ToList();
        Assert.True(settings.Count >= 9, string.Join(' ', settings));
        Assert.DoesNotContain(settings, name => !document.Contains(name, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\b(?:MD5|SHA1|SHA256|SHA384|SHA512|HMACSHA\d+|HMACMD5|HKDF|ECDsa|ECDiffieHellman|ECCurve|RSA|DSA|Aes\w*|TripleDES|ChaCha20Poly1305|RandomNumberGenerator|SslProtocols|SecurityAlgorithms|Rfc2898DeriveBytes|FixedTimeEquals)\b")]
    private static partial Regex Primitive();

    [GeneratedRegex(@"^\| `([^`]+)` \| ([^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@": (?:MD5|SHA1|HMACSHA1|HMACMD5|DSA|TripleDES)$")]
    private static partial Regex Broken();

    [GeneratedRegex(@"public \w+\?? (\w+) \{ get; set; \}")]
    private static partial Regex Setting();

    [GeneratedRegex("SignIn|Session|Proof|Factors|Pass|Refresh|Nobody|Calls?PerSecond|RequestsPerSecond|^ClusterKey|^Notice$|^Authority$|^Audience$|Claim$")]
    private static partial Regex Defends();
}
