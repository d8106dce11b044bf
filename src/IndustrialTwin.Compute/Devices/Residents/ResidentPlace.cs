using IndustrialTwin.Operations.Sliding;

namespace IndustrialTwin.Devices.Residents;

/// <summary>Where a device keeps the newest samples of one series: in order and without a gap, from <see cref="Head"/> on.</summary>
internal sealed class ResidentPlace(ResidentKey series, int at, int bits)
{
    public ResidentKey Series { get; } = series;

    /// <summary>Its first element in the device's block.</summary>
    public int At { get; } = at;

    public int Bits { get; } = bits;

    public int Capacity => 1 << Bits;

    /// <summary>Where in the place the samples begin.</summary>
    public int Head { get; set; }

    public int Count { get; set; }

    /// <summary>Position of the first sample that is held.</summary>
    public long First { get; set; }

    /// <summary>Position after the last one.</summary>
    public long End => First + Count;

    /// <summary>Samples that a job has asked for at most: what is kept when room is made.</summary>
    public int Span { get; set; }

    /// <summary>The launch that used it last; within it the place is neither moved nor given away.</summary>
    public long Launch { get; set; }

    public LinkedListNode<ResidentPlace>? Use { get; set; }
}
