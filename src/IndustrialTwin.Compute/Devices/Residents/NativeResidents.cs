namespace IndustrialTwin.Devices.Residents;

/// <summary>The block of a native device: windows are computed where they lie.</summary>
internal sealed class NativeResidents(ResidentPool pool)
{
    private float[]? _block;

    public ResidentPool Pool => pool;

    /// <summary>Carries a plan out.</summary>
    public void Do(ResidentPlan plan)
    {
        var block = Block;
        foreach (var (from, to, count) in plan.Moves)
            block.AsSpan(from, count).CopyTo(block.AsSpan(to));
        foreach (var (samples, to) in plan.Fills)
            samples.Span.CopyTo(block.AsSpan(to));
    }

    /// <summary>Samples of the block.</summary>
    public ReadOnlyMemory<float> At(int from, int count) => Block.AsMemory(from, count);

    private float[] Block => _block ??= GC.AllocateUninitializedArray<float>(pool.Capacity);
}
