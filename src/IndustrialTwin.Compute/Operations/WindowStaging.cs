namespace IndustrialTwin.Operations;

/// <summary>Joins the windows of several jobs for one copy to a device.</summary>
public static class WindowStaging
{
    /// <summary>Copies all windows behind one another; gives their number.</summary>
    /// <param name="inputs">Batches of windows of one length, at least one.</param>
    /// <param name="staged">Kept by the caller between launches and made longer where needed.</param>
    public static int Stage(ReadOnlySpan<WindowBatch> inputs, ref float[] staged)
    {
        var total = 0L;
        foreach (var input in inputs)
            total += input.Samples.Length;
        if (staged.Length < total)
            staged = new float[checked((int)total)];
        var at = 0;
        foreach (var input in inputs)
        {
            input.Samples.Span.CopyTo(staged.AsSpan(at));
            at += input.Samples.Length;
        }

        return at / inputs[0].Length;
    }
}
