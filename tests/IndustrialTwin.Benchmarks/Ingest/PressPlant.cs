using System.Buffers.Text;
using System.Globalization;
using System.Text;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Benchmarks.Ingest;

/// <summary>Presses as a plant file declares them, and what they send.</summary>
internal static class PressPlant
{
    public const int Machines = 64;
    private const long StartUs = 1_700_000_000_000_000;

    /// <summary>One type with four channels, two analyses and an alarm, as many presses of it.</summary>
    public static string PlantFile { get; } =
        """
        site: bench
        title: Benchmark
        machineTypes:
          press:
            running: {channel: speed, atLeast: 5}
            latenessMax: 2s
            clockSkewMax: none
            channels:
              - {name: slide_position, unit: mm, min: -1, max: 130, rateHz: 1000}
              - {name: tonnage_left, unit: kN, min: -500, max: 2000, rateHz: 1000}
              - {name: tonnage_right, unit: kN, min: -500, max: 2000, rateHz: 1000}
              - {name: speed, unit: /min, min: 0, max: 200, rateHz: 1000}
            analyses:
              - {name: left-column, kind: window-statistics, channel: tonnage_left, windowRows: 2000, strideRows: 2000, statistics: [peak, rms]}
              - {name: right-column, kind: window-statistics, channel: tonnage_right, windowRows: 2000, strideRows: 2000, statistics: [peak, rms]}
            alarms:
              - {name: tonnage-high, feature: left-column/peak, high: 310, clear: 295, medianOf: 3, delayPoints: 2, priority: medium}
        lines:
          - line: line
            title: Line
            machines:

        """ + string.Join('\n', Enumerable.Range(0, Machines).Select(n => $"      - {{machine: press-{n:000}, type: press, title: Press {n}}}")) + "\n";

    public static MachineKey Machine(int number) => MachineKey.Parse($"bench/line/press-{number:000}");

    /// <summary>The batch that message <paramref name="sequence"/> of a machine carries.</summary>
    public static SampleBatch Batch(int machine, long sequence, int rows)
    {
        var times = new long[rows];
        var columns = new double[4][];
        for (var c = 0; c < columns.Length; c++)
        {
            columns[c] = new double[rows];
        }

        for (var i = 0; i < rows; i++)
        {
            times[i] = StartUs + (((sequence * rows) + i) * 1000);
            var turn = Math.Tau * ((sequence * rows) + i) / 1000;
            columns[0][i] = Math.Round(60 + (60 * Math.Cos(turn)), 3);
            columns[1][i] = Math.Round(120 + (100 * Math.Sin(turn + machine)), 2);
            columns[2][i] = Math.Round(118 + (100 * Math.Sin(turn + machine + 0.01)), 2);
            columns[3][i] = 60;
        }

        return new SampleBatch(Machine(machine), SampleBatch.DefaultSource, 1, sequence,
        [
            new SampleColumn("slide_position", times, columns[0]), new SampleColumn("tonnage_left", times, columns[1]),
            new SampleColumn("tonnage_right", times, columns[2]), new SampleColumn("speed", times, columns[3]),
        ]);
    }
}

/// <summary>The messages of one press: made once, then only numbered, so that sending costs little beside what receiving does.</summary>
internal sealed class PressMessages
{
    private const int Turns = 10;
    private readonly byte[] _topic;
    private readonly (byte[] Head, byte[] Middle, byte[] Tail)[] _payloads = new (byte[], byte[], byte[])[Turns];
    private readonly long _startUs;
    private readonly int _rows;

    public PressMessages(int machine, int rows)
        : this(PressPlant.Machine(machine), machine, rows)
    {
    }

    /// <summary>The messages of a machine that sends the same values as another one, whose texts it shares.</summary>
    public PressMessages(MachineKey machine, PressMessages like)
    {
        (_rows, _startUs, _payloads) = (like._rows, like._startUs, like._payloads);
        _topic = Encoding.UTF8.GetBytes(SampleTopic.Of(machine));
    }

    private PressMessages(MachineKey key, int machine, int rows)
    {
        _rows = rows;
        _topic = Encoding.UTF8.GetBytes(SampleTopic.Of(key));
        for (var turn = 0; turn < Turns; turn++)
        {
            var batch = PressPlant.Batch(machine, turn, rows);
            _startUs = PressPlant.Batch(machine, 0, rows).Columns[0].TimesUs[0];
            var channels = string.Join(',', batch.Columns.Select(column =>
                $"\"{column.Channel}\":[{string.Join(',', column.Values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}]"));
            _payloads[turn] = (
                """{"epoch":1,"sequence":"""u8.ToArray(),
                ""","startUs":"""u8.ToArray(),
                Encoding.UTF8.GetBytes($$$""","stepUs":1000,"channels":{{{{channels}}}}}"""));
        }
    }

    /// <summary>The next message's sequence number.</summary>
    public long Sequence { get; private set; }

    public int Samples => 4 * _rows;

    /// <summary>Bytes that a packet takes at most.</summary>
    public int PacketBytesMax => 64 + _topic.Length + _payloads.Max(payload => payload.Head.Length + payload.Middle.Length + payload.Tail.Length);

    /// <summary>Writes the next message as an MQTT 5 PUBLISH of quality of service 1; answers its length.</summary>
    public int Write(Span<byte> target, ushort packetIdentifier)
    {
        const int HeadMax = 5;
        var (head, middle, tail) = _payloads[Sequence % Turns];
        var at = HeadMax;
        target[at++] = (byte)(_topic.Length >> 8);
        target[at++] = (byte)_topic.Length;
        _topic.CopyTo(target[at..]);
        at += _topic.Length;
        target[at++] = (byte)(packetIdentifier >> 8);
        target[at++] = (byte)packetIdentifier;
        target[at++] = 0; // No properties.
        head.CopyTo(target[at..]);
        at += head.Length;
        Utf8Formatter.TryFormat(Sequence, target[at..], out var written);
        at += written;
        middle.CopyTo(target[at..]);
        at += middle.Length;
        Utf8Formatter.TryFormat(_startUs + (Sequence * _rows * 1000), target[at..], out written);
        at += written;
        tail.CopyTo(target[at..]);
        at += tail.Length;
        Sequence++;

        // The length takes as many bytes as it needs; what it does not need is closed up.
        Span<byte> length = stackalloc byte[4];
        var (bytes, left) = (0, at - HeadMax);
        do
        {
            length[bytes++] = (byte)((left & 0x7F) | (left > 0x7F ? 0x80 : 0));
            left >>= 7;
        }
        while (left > 0);
        target[0] = 0x32;
        length[..bytes].CopyTo(target[1..]);
        target[HeadMax..at].CopyTo(target[(1 + bytes)..]);
        return at - HeadMax + 1 + bytes;
    }
}
