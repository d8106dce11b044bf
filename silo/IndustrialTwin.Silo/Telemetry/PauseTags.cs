using System.Diagnostics;
using OpenTelemetry;

namespace IndustrialTwin.Telemetry;

/// <summary>Writes on each of our spans how long the process stood still in its time, where it did.</summary>
internal sealed class PauseTags(ProcessPauses pauses) : BaseProcessor<Activity>
{
    private static readonly (PauseKind Kind, string Tag)[] Tags =
    [
        (PauseKind.Collection, "process.pause.gc_ms"),
        (PauseKind.Processor, "process.pause.processor_ms"),
        (PauseKind.ThreadPool, "process.pause.thread_pool_ms"),
    ];

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        foreach (var (kind, tag) in Tags)
        {
            if (pauses.Within(kind, data.StartTimeUtc, data.StartTimeUtc + data.Duration) is var ms and > 0)
            {
                data.SetTag(tag, Math.Round(ms, 3));
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pauses.Dispose();
        }

        base.Dispose(disposing);
    }
}
