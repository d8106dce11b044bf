namespace IndustrialTwin.Operations;

/// <summary>Which native code a device runs.</summary>
public enum NativeCode
{
    /// <summary>The widest vector registers present.</summary>
    Simd,

    /// <summary>Plain loops that run anywhere, and the check on the vector code.</summary>
    Portable,
}
