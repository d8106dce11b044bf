using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Xunit;

namespace IndustrialTwin.Work;

/// <summary>Tests that count what the whole process says; they run after all others, one by one.</summary>
[CollectionDefinition(nameof(MessageCount), DisableParallelization = true)]
public sealed class MessageCountAlone;

/// <summary>Counts the grid's messages from when it is made.</summary>
internal sealed class MessageCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _kinds = new();

    public MessageCount()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "itwin.work.messages")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            foreach (var tag in tags)
            {
                _kinds.AddOrUpdate((string)tag.Value!, count, (_, known) => known + count);
            }
        });
        _listener.Start();
    }

    public long Total => _kinds.Values.Sum();

    public long Of(string kind) => _kinds.GetValueOrDefault(kind);

    public override string ToString() => string.Join(", ", _kinds.OrderBy(kind => kind.Key).Select(kind => $"{kind.Key} {kind.Value}"));

    public void Dispose() => _listener.Dispose();
}
