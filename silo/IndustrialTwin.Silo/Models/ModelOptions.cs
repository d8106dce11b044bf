using System.ComponentModel.DataAnnotations;

namespace IndustrialTwin.Models;

/// <summary>Whether a model needs a signature.</summary>
internal enum SignatureRule
{
    /// <summary>As soon as other computers can reach the silo.</summary>
    Auto,

    /// <summary>Always.</summary>
    True,

    /// <summary>Never. A signature that is there has to hold all the same, where there are keys.</summary>
    False,
}

/// <summary>The trained models that the grid can be asked for, read from the configuration section <see cref="Section"/>.</summary>
internal sealed class ModelOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Models";

    /// <summary>A folder of models in ONNX form, or nothing for none.</summary>
    public string? Folder { get; set; }

    /// <summary>A folder of the public keys (<c>*.pem</c>) whose models are taken.</summary>
    public string? TrustedKeys { get; set; }

    /// <summary>Whether a model needs a signature.</summary>
    [EnumDataType(typeof(SignatureRule))]
    public SignatureRule RequireSignature { get; set; } = SignatureRule.Auto;

    /// <summary>Whether one without is refused.</summary>
    public bool IsSignatureRequired(bool isBeyondLoopback) => RequireSignature switch
    {
        SignatureRule.True => true,
        SignatureRule.False => false,
        _ => isBeyondLoopback,
    };
}
