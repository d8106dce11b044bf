using IndustrialTwin.Accelerators;
using IndustrialTwin.Kernels;
using IndustrialTwin.Operations;

namespace Acme.Overloads;

/// <summary>Ties the request to the operation. A unit is a window.</summary>
public sealed class OverloadBinding() : KernelBinding<OverloadRequest, OverloadInput, float[]>(OverloadDose.Instance)
{
    /// <inheritdoc/>
    protected override OverloadInput InputOf(OverloadRequest request) => new(new WindowBatch(request.Windows, request.WindowRows), request.LimitKn);

    /// <inheritdoc/>
    protected override ComputeReply ReplyTo(OverloadRequest request, float[] result) => Done(result);

    /// <inheritdoc/>
    protected override KernelShape ShapeOf(OverloadRequest request) => new(request.WindowRows);

    /// <inheritdoc/>
    protected override long UnitsOf(OverloadRequest request) =>
        WindowsOf(request.Windows, nameof(request.Windows), request.WindowRows, nameof(request.WindowRows));

    /// <inheritdoc/>
    protected override long BytesOf(OverloadRequest request) => sizeof(float) * (long)request.Windows.Length;

    /// <inheritdoc/>
    protected override OverloadRequest FromWindows(WindowsRequest windows) =>
        new(windows.Windows, windows.WindowRows, (float)windows.ParametersOf("limitKn")[0]);

    /// <inheritdoc/>
    protected override OverloadRequest NoiseOf(KernelShape shape, int units) =>
        new(KernelNoise.Floats((long)units * shape.First), shape.First, 0.25f);
}
