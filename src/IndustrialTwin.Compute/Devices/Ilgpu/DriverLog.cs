using System.Diagnostics;
using System.Text;

namespace IndustrialTwin.Devices.Ilgpu;

/// <summary>
/// What ILGPU writes to <see cref="Trace"/> on this thread while this is open: the compiler's words when a kernel does not build, which
/// its exceptions leave out.
/// </summary>
internal sealed class DriverLog : TraceListener
{
    private const int LengthMax = 4_096;
    private readonly StringBuilder _text = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public DriverLog() => Trace.Listeners.Add(this);

    public string Text => _text.ToString().Trim();

    public override void Write(string? message)
    {
        if (Environment.CurrentManagedThreadId == _thread && message is not null)
            _text.Append(message.AsSpan(0, Math.Min(message.Length, LengthMax - Math.Min(LengthMax, _text.Length))));
    }

    public override void WriteLine(string? message) => Write(message + Environment.NewLine);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Trace.Listeners.Remove(this);
        base.Dispose(disposing);
    }
}
