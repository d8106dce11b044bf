namespace IndustrialTwin.Devices;

/// <summary>What keeping series on a device has done since it was opened.</summary>
/// <param name="Hits">Jobs of sliding windows that found samples on the device.</param>
/// <param name="Misses">Jobs that brought too few samples and were answered so.</param>
/// <param name="Loads">Jobs whose samples were all moved in, and kept.</param>
/// <param name="Evictions">Series given away to make room.</param>
/// <param name="BytesMoved">Bytes of samples that came from callers.</param>
/// <param name="BytesSaved">Bytes of samples that did not have to, since they were there.</param>
/// <param name="Series">Series held now.</param>
public readonly record struct ResidentStatus(
    long Hits, long Misses, long Loads, long Evictions, long BytesMoved, long BytesSaved, int Series);
