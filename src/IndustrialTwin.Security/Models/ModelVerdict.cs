namespace IndustrialTwin.Models;

/// <summary>Why a model is not taken.</summary>
public enum ModelRefusal
{
    /// <summary>There is no signature beside it.</summary>
    Unsigned,

    /// <summary>What lies beside it is no signature.</summary>
    UnreadableSignature,

    /// <summary>A key signed it that is not trusted.</summary>
    ForeignKey,

    /// <summary>The bytes, the name or the version are not those that were signed.</summary>
    Tampered,

    /// <summary>It was signed under another name.</summary>
    Renamed,
}

/// <summary>Whether a model's file may be taken.</summary>
/// <param name="Model">The model's name: that of its file, without the ending.</param>
/// <param name="File">Its file.</param>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="Detail">That in words: who signed which version, or what was found and expected.</param>
public sealed record ModelVerdict(string Model, string File, ModelRefusal? Refusal, string Detail);
