using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Replay;

/// <summary>
/// What one machine once measured, to be sent again. The same recording always makes the same batches under the same names, so that
/// a twin that has them knows them.
/// </summary>
internal sealed class Recording
{
    private readonly double[][] _columns;
    private readonly int _rowsPerBatch;

    /// <param name="name">What people call it: its file below the folder, such as <c>valve1/0.csv</c>.</param>
    /// <param name="machine">The twin that is to have it.</param>
    /// <param name="contentHash">Tells one content from another; part of the source's name, since another content is another recording.</param>
    /// <param name="timesUs">A time a row, strictly ascending.</param>
    /// <param name="columns">A column a channel, in the order of the declaration, a value a row.</param>
    /// <param name="rowsPerBatch">Rows in a message. Never change it for a kind of data: the batches would have other contents under the same names.</param>
    public Recording(string name, MachineDeclaration machine, string contentHash, long[] timesUs, double[][] columns, int rowsPerBatch)
    {
        (Name, Machine, TimesUs, _columns, _rowsPerBatch) = (name, machine, timesUs, columns, rowsPerBatch);
        Source = $"replay-{contentHash}";
    }

    public string Name { get; }

    public MachineDeclaration Machine { get; }

    public string Source { get; }

    public long[] TimesUs { get; }

    public int Rows => TimesUs.Length;

    public long Samples => (long)Rows * _columns.Length;

    public int Batches => (Rows + _rowsPerBatch - 1) / _rowsPerBatch;

    /// <summary>The batch with a sequence number, 0 to <see cref="Batches"/> - 1.</summary>
    public SampleBatch Batch(int sequence)
    {
        var rows = RowsOf(sequence);
        var times = TimesUs[rows];
        var columns = new SampleColumn[_columns.Length];
        for (var c = 0; c < columns.Length; c++)
        {
            columns[c] = new SampleColumn(Machine.Channels[c].Name, times, _columns[c][rows]);
        }

        return new SampleBatch(Machine.Machine, Source, 0, sequence, columns);
    }

    public int RowsIn(int sequence) => RowsOf(sequence).GetOffsetAndLength(Rows).Length;

    /// <summary>How long after the recording's first row a batch was complete.</summary>
    public TimeSpan CompleteAfter(int sequence) => TimeSpan.FromMicroseconds(TimesUs[RowsOf(sequence)][^1] - TimesUs[0]);

    private Range RowsOf(int sequence) => (sequence * _rowsPerBatch)..Math.Min(Rows, (sequence + 1) * _rowsPerBatch);
}
