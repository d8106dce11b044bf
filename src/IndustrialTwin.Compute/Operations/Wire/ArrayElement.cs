namespace IndustrialTwin.Operations;

/// <summary>What an array is made of. The numbers are those of the driver protocol.</summary>
public enum ArrayElement
{
    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    Float32 = 1,

    /// <summary>IEEE 754 double precision, 8 bytes.</summary>
    Float64 = 2,

    /// <summary>A signed integer, 8 bytes.</summary>
    Int64 = 3,

    /// <summary>An unsigned integer, 1 byte.</summary>
    UInt8 = 4,
}
