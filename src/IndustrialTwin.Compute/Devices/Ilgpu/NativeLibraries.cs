using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace IndustrialTwin.Devices.Ilgpu;

/// <summary>
/// ILGPU asks for <c>cuda</c> and <c>OpenCL</c>; Linux has only the versioned names unless development packages are installed.
/// </summary>
internal static class NativeLibraries
{
    private static readonly Lock Gate = new();
    private static bool _isMapped;

    public static void Map()
    {
        lock (Gate)
        {
            if (_isMapped || !OperatingSystem.IsLinux())
                return;
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name switch
            {
                "cuda" or "libcuda" => Load("libcuda.so.1"),
                "OpenCL" or "libOpenCL" => Load("libOpenCL.so.1"),
                _ => 0,
            };
            _isMapped = true;
        }
    }

    private static nint Load(string name) => NativeLibrary.TryLoad(name, out var handle) ? handle : 0;
}
