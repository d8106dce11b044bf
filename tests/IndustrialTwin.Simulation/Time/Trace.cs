using System.Globalization;

namespace IndustrialTwin.Protocols;

/// <summary>What happened in a run, in order: a hash over all of it, and its last lines to read.</summary>
internal sealed class Trace(int linesKept)
{
    private const ulong Prime = 1_099_511_628_211;

    private readonly Queue<string> _lines = new();

    /// <summary>Equal for two runs in which the same happened in the same order at the same time.</summary>
    public ulong Hash { get; private set; } = 14_695_981_039_346_656_037;

    /// <summary>Events so far.</summary>
    public long Events { get; private set; }

    public IEnumerable<string> Lines => _lines;

    public void Add(long timeUs, string what)
    {
        Events++;
        Mix((ulong)timeUs);
        foreach (var letter in what)
        {
            Mix(letter);
        }

        if (linesKept == 0)
        {
            return;
        }

        if (_lines.Count == linesKept)
        {
            _lines.Dequeue();
        }

        _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{timeUs / 1e6,11:0.000000} {what}"));
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * Prime;
}
