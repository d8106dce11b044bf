namespace IndustrialTwin.Operations;

/// <summary>What an array must be.</summary>
/// <param name="Name">Its name within the job.</param>
/// <param name="Element">Its elements.</param>
/// <param name="Extents">Its extents, the outermost first; none for a single number.</param>
public readonly record struct ArraySpec(string Name, ArrayElement Element, params long[] Extents)
{
    /// <summary>Bytes of such an array.</summary>
    /// <exception cref="OverflowException">There are more than a 64-bit number can count.</exception>
    public long Bytes
    {
        get
        {
            var bytes = Element switch { ArrayElement.Float32 => 4L, ArrayElement.UInt8 => 1L, _ => 8L };
            foreach (var extent in Extents)
                bytes = checked(bytes * extent);
            return bytes;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Element} [{string.Join(" × ", Extents)}]";
}
