using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace IndustrialTwin.Operations;

/// <summary>
/// Pieces of a large launch take turns on two streams, each with memory of its own, so that a piece is copied while the one before is
/// computed. On CUDA alone: there copies through page-locked memory do not wait. On OpenCL a copy waits for its queue, and waiting for one
/// queue does not set another going, so a second queue would bring nothing. All of it is done by the owner thread.
/// </summary>
internal static class IlgpuLanes
{
    /// <summary>Bytes of samples in one piece: long enough to hide what its launch costs, and small against a large launch.</summary>
    public const int PieceBytes = 1 << 20;

    public static int CountOn(Accelerator accelerator) => accelerator is CudaAccelerator ? 2 : 1;

    /// <summary>Streams of an accelerator: the default one, and others beside it that do not wait for it. The caller disposes all but that one.</summary>
    public static AcceleratorStream[] Streams(Accelerator accelerator, int count) =>
        [accelerator.DefaultStream, .. Enumerable.Range(1, count - 1).Select(_ => accelerator.CreateStream())];

    /// <summary>Windows in one piece.</summary>
    public static int PieceWindows(int lanes, int pieceBytes, int length) =>
        lanes == 1 ? int.MaxValue : Math.Max(1, pieceBytes / (sizeof(float) * length));
}
