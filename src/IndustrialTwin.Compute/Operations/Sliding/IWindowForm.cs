using ILGPU;

namespace IndustrialTwin.Operations.Sliding;

/// <summary>An ILGPU form that takes windows which are on the device already.</summary>
internal interface IWindowForm<TInput, TResult>
{
    /// <summary>Computes windows, and waits for the results.</summary>
    /// <param name="samples">Windows of one length behind one another, written by the accelerator's default stream.</param>
    /// <param name="like">An input of the same length and detail; its samples are not looked at.</param>
    /// <param name="length">Samples in a window.</param>
    /// <param name="counts">Windows of each job.</param>
    /// <param name="results">A result a job.</param>
    void Run(ArrayView<float> samples, in TInput like, int length, ReadOnlySpan<int> counts, Span<TResult> results);
}
