using CsCheck;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using Xunit;

namespace IndustrialTwin.Machines;

public class MachineTwinTests
{
    private const int Batches = 24;

    [Fact]
    public void Whatever_order_batches_arrive_in_the_points_are_those_of_the_right_order()
    {
        var expected = Points(Enumerable.Range(0, Batches), cutAfter: -1);
        Assert.NotEmpty(expected);
        Gen.Shuffle(Enumerable.Range(0, Batches).ToArray()).Sample(order => Assert.Equal(expected, Points(order, cutAfter: -1)), iter: 200);
    }

    [Fact]
    public void A_twin_stored_and_restored_anywhere_computes_the_same_points()
    {
        var expected = Points(Enumerable.Range(0, Batches), cutAfter: -1);
        Gen.Select(Gen.Shuffle(Enumerable.Range(0, Batches).ToArray()), Gen.Int[0, Batches - 1])
            .Sample((order, cut) => Assert.Equal(expected, Points(order, cut)), iter: 200);
    }

    [Fact]
    public void A_new_declaration_keeps_what_it_leaves_as_it_was()
    {
        var twin = new MachineTwin(Plant.Press, new MachineState());
        twin.Apply(new MachineDeclared(Plant.Declaration()));
        Apply(twin, 0, 1);
        Run(twin, []);
        var declaration = Plant.Declaration(revision: "2");
        twin.Apply(new MachineDeclared(declaration with { Analyses = [declaration.Analyses[1]], Alarms = [] }));
        Apply(twin, 2);
        var points = new List<(string, long, double)>();
        Run(twin, points);

        // Twelve of the thirty rows were fitted before the change and are not fitted again.
        Assert.Equal(10, points.Count(point => point.Item1 == "health/t2"));
        Assert.DoesNotContain(points, point => point.Item1.StartsWith("force-statistics", StringComparison.Ordinal));
        Assert.Empty(twin.Alarms);
    }

    [Fact]
    public void Running_time_is_event_time()
    {
        var twin = new MachineTwin(Plant.Press, new MachineState());
        twin.Apply(new MachineDeclared(Plant.Declaration()));
        Apply(twin, 0, 1, 2);
        Assert.Equal(RunningState.Running, twin.Running!.State);
        Assert.Equal(29_000, twin.Running.RunningUs);
        Assert.Equal(29_000, twin.Running.ObservedUs);
    }

    [Fact]
    public void A_window_never_spans_a_hole()
    {
        var twin = new MachineTwin(Plant.Press, new MachineState());
        twin.Apply(new MachineDeclared(Plant.Declaration(analyses: [new WindowStatisticsAnalysis("s", "force", 8, 8, [Statistic.Rms])], alarms: [])));
        Apply(twin, 0); // Rows 0..9: one window, two rows left.
        twin.Apply(Plant.Committed(Plant.Batch(5) with { Sequence = 1 }, 2)); // Rows 50..59: the two before are no part of its window.
        var points = new List<(string Feature, long TimeUs, double)>();
        Run(twin, points);
        Assert.Equal([Plant.Batch(0).Columns[0].TimesUs[7], Plant.Batch(5).Columns[0].TimesUs[7]], points.Select(point => point.TimeUs));
    }

    private static void Apply(MachineTwin twin, params int[] sequences)
    {
        foreach (var sequence in sequences)
        {
            twin.Apply(Plant.Committed(Plant.Batch(sequence), sequence + 1));
        }
    }

    /// <summary>Every point of a run, ordered; the twin is stored and restored after the batch at <paramref name="cutAfter"/>.</summary>
    private static List<(string, long, double)> Points(IEnumerable<int> order, int cutAfter)
    {
        var twin = new MachineTwin(Plant.Press, new MachineState());
        twin.Apply(new MachineDeclared(Plant.Declaration()));
        var points = new List<(string, long, double)>();
        var position = 0;
        foreach (var sequence in order)
        {
            twin.Apply(Plant.Committed(Plant.Batch(sequence), ++position));
            Run(twin, points);
            if (position - 1 == cutAfter)
            {
                var waiting = twin.Waiting.ToList();
                twin = new MachineTwin(Plant.Press, twin.ToState(position));
                waiting.ForEach(twin.Restore);
            }
        }

        points.Sort();
        return points;
    }

    /// <summary>Computes what the twin asks for with a stand-in that answers sums, which is enough to tell whether the rows are the same.</summary>
    private static void Run(MachineTwin twin, List<(string, long, double)> points)
    {
        foreach (var stage in twin.Stages)
        {
            while (stage.NextRequest() is { } request)
            {
                foreach (var judged in twin.Judge(stage, stage.Accept(Answer(request))))
                {
                    points.AddRange(judged.TimesUs.Zip(judged.Values, (time, value) => (judged.Feature, time, value)));
                }
            }
        }
    }

    private static ComputeReply Answer(ComputeRequest request) => request switch
    {
        WindowStatisticsRequest statistics => new ComputeReply(ComputeOutcome.Done,
            [.. statistics.Windows.Chunk(statistics.WindowRows).SelectMany(window => Enumerable.Repeat((double)window.Sum(), 10))]),
        SlidingStatisticsRequest sliding => new ComputeReply(ComputeOutcome.Done,
            [.. Enumerable.Range(0, sliding.Windows).SelectMany(window =>
                Enumerable.Repeat((double)sliding.Samples.AsSpan(window * sliding.StrideRows, sliding.WindowRows).ToArray().Sum(), 10))]),
        HotellingFitRequest fit => new ComputeReply(ComputeOutcome.Done, [], new HotellingModelData([fit.Rows.Sum()], [], [], 0, 1, 1)),
        HotellingScoreRequest score => new ComputeReply(ComputeOutcome.Done,
            [.. score.Rows.Chunk(2).Select(row => row.Sum() + score.Model.Mean[0])]),
        _ => throw new NotSupportedException(request.GetType().Name),
    };
}
