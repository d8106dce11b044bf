namespace IndustrialTwin.Samples;

/// <summary>
/// Which batches a twin has seen, by source and epoch. It answers without the database almost always; for what it has forgotten
/// it says no, and the log's unique key tells the duplicate.
/// </summary>
internal sealed class SequenceLedger
{
    /// <summary>Sources that a twin keeps apart.</summary>
    public const int SourcesMax = 16;

    /// <summary>Epochs of a source that are remembered.</summary>
    public const int EpochsMax = 4;

    private readonly List<Source> _sources = new(1);

    public SequenceLedger()
    {
    }

    public SequenceLedger(IEnumerable<SequenceState> stored)
    {
        foreach (var state in stored)
        {
            SourceOf(state.Source, create: true)!.Epochs.Add((state.Epoch, new SequenceRanges(state.Ranges)));
        }
    }

    /// <summary>Sequence numbers missing below the highest, in the newest epoch of each source.</summary>
    public long Missing
    {
        get
        {
            var missing = 0L;
            foreach (var source in _sources)
            {
                missing += source.Epochs[^1].Seen.Missing;
            }

            return missing;
        }
    }

    /// <summary>Whether a source is known or there is room for one more.</summary>
    public bool HasRoomFor(string source) => _sources.Count < SourcesMax || SourceOf(source, create: false) is not null;

    public bool Contains(BatchName name)
    {
        if (SourceOf(name.Source, create: false) is { } source)
        {
            foreach (var (epoch, seen) in source.Epochs)
            {
                if (epoch == name.Epoch)
                {
                    return seen.Contains(name.Sequence);
                }
            }
        }

        return false;
    }

    public void Add(BatchName name)
    {
        var epochs = SourceOf(name.Source, create: true)!.Epochs;
        var at = epochs.Count;
        while (at > 0 && epochs[at - 1].Epoch >= name.Epoch)
        {
            at--;
        }

        if (at == epochs.Count || epochs[at].Epoch != name.Epoch)
        {
            epochs.Insert(at, (name.Epoch, new SequenceRanges()));
        }

        epochs[at].Seen.Add(name.Sequence);
        if (epochs.Count > EpochsMax)
        {
            epochs.RemoveAt(0);
        }
    }

    public IEnumerable<SequenceState> ToStored() =>
        from source in _sources
        from epoch in source.Epochs
        select new SequenceState(source.Name, epoch.Epoch, epoch.Seen.ToStored());

    private Source? SourceOf(string name, bool create)
    {
        foreach (var source in _sources)
        {
            if (source.Name == name)
            {
                return source;
            }
        }

        if (!create)
        {
            return null;
        }

        var added = new Source(name);
        _sources.Add(added);
        return added;
    }

    private sealed class Source(string name)
    {
        public string Name { get; } = name;

        /// <summary>Ascending by epoch, never empty once the source is in the list.</summary>
        public List<(long Epoch, SequenceRanges Seen)> Epochs { get; } = new(1);
    }
}

/// <summary>A source's epoch as stored: its seen ranges, first and last numbers in turn.</summary>
[GenerateSerializer, Immutable, Alias("itwin.sequence-state")]
internal sealed record SequenceState(
    [property: Id(0)] string Source, [property: Id(1)] long Epoch, [property: Id(2)] long[] Ranges);
