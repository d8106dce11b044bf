using CsCheck;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Machines;

/// <summary>Batches that come too late, twice, in another order, from several sources: nothing is counted twice and nothing disappears.</summary>
public class LatenessTests
{
    private const int RowsPerBatch = 5;
    private const long StepUs = 1_000;

    private static readonly Gen<(int Source, int Sequence)[]> Arrivals =
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 19]).Array[1, 60];

    private static readonly AnalysisDeclaration[] Single = [new LikelihoodAnalysis("of-force", "force", 10, 1), new LikelihoodAnalysis("of-speed", "speed", 10, 1)];

    /// <summary>The oracle sums: each accepted sample became a row of its channel or was counted late.</summary>
    [Fact]
    public void Every_sample_is_in_a_row_or_counted_late() =>
        Gen.Select(Arrivals, Gen.Int[0, 40]).Sample((arrivals, latenessRows) =>
        {
            var (twin, points) = Run(arrivals, latenessRows, cutAfter: -1, Single);
            var names = arrivals.Distinct().ToList();
            Assert.Equal(names.Count + 4, twin.Counts.Batches);
            Assert.Equal((names.Count + 4) * RowsPerBatch, twin.Counts.Samples);

            // The single-channel series: as many points as samples less the late ones. The end of the run has flushed all else.
            var late = twin.Counts.Late;
            var force = points.Where(point => point.Feature == "of-force/likelihood").Select(point => point.TimeUs).ToList();
            var speed = points.Where(point => point.Feature == "of-speed/likelihood").Select(point => point.TimeUs).ToList();
            Assert.Equal(twin.Counts.Samples - late, force.Count + speed.Count);

            // In event time order, each time once, and only times that were sent.
            Assert.Equal(force.Distinct().Order(), force);
            Assert.Equal(speed.Distinct().Order(), speed);
            Assert.Subset(Times(names.Where(name => name.Source == 0)).Concat(Flush).ToHashSet(), force.ToHashSet());
            Assert.Subset(Times(names.Where(name => name.Source == 1)).Concat(Flush).ToHashSet(), speed.ToHashSet());
        }, iter: 400);

    /// <summary>Within its lateness no order and no repetition makes a difference; the oracle is the plain set.</summary>
    [Fact]
    public void Within_the_lateness_the_rows_are_those_of_the_plain_set() =>
        Gen.Select(Arrivals, Gen.Int[-1, 59]).Sample((arrivals, cutAfter) =>
        {
            var (twin, points) = Run(arrivals, latenessRows: 1_000, cutAfter, [.. Single, new HotellingAnalysis("both", ["force", "speed"], 3)]);
            var names = arrivals.Distinct().ToList();
            Assert.Equal(0, twin.Counts.Late);
            long[] force = [.. Times(names.Where(name => name.Source == 0)).Order(), .. Flush];
            long[] speed = [.. Times(names.Where(name => name.Source == 1)).Order(), .. Flush];
            Assert.Equal(force, points.Where(point => point.Feature == "of-force/likelihood").Select(point => point.TimeUs));
            Assert.Equal(speed, points.Where(point => point.Feature == "of-speed/likelihood").Select(point => point.TimeUs));
            Assert.Equal(force.Intersect(speed).Skip(3), points.Where(point => point.Feature == "both/t2").Select(point => point.TimeUs));
        }, iter: 400);

    /// <summary>Event times of the two batches that end a run: so far on that nothing before them waits any longer, nor the first for the gap before it.</summary>
    private static readonly long[][] End =
        [.. new[] { 1_000_000_000L, 3_000_000_000L }.Select(start => Enumerable.Range(0, RowsPerBatch).Select(row => start + (row * StepUs)).ToArray())];

    private static IEnumerable<long> Flush => End.SelectMany(times => times);

    private static IEnumerable<long> Times(IEnumerable<(int Source, int Sequence)> names) =>
        names.SelectMany(name => Enumerable.Range(0, RowsPerBatch).Select(row => ((name.Sequence * RowsPerBatch) + row) * StepUs));

    private static (MachineTwin Twin, List<(string Feature, long TimeUs)> Points) Run((int Source, int Sequence)[] arrivals, int latenessRows, int cutAfter, AnalysisDeclaration[] analyses)
    {
        var twin = new MachineTwin(Plant.Press, new MachineState());
        twin.Apply(new MachineDeclared(Plant.Declaration(analyses: analyses, alarms: []) with { LatenessMax = TimeSpan.FromMicroseconds(latenessRows * StepUs) }));
        var points = new List<(string, long)>();
        var position = 0L;
        for (var i = 0; i < arrivals.Length; i++)
        {
            Take(arrivals[i].Source, arrivals[i].Sequence, Times([arrivals[i]]));
            if (i == cutAfter)
            {
                var waiting = twin.Waiting.ToList();
                twin = new MachineTwin(Plant.Press, twin.ToState(position));
                waiting.ForEach(twin.Restore);
            }
        }

        for (var end = 0; end < End.Length; end++)
        {
            Take(0, 1_000 + end, End[end]);
            Take(1, 1_000 + end, End[end]);
        }

        return (twin, points);

        void Take(int source, long sequence, IEnumerable<long> times)
        {
            var name = new BatchName($"source-{source}", 1, sequence);
            if (twin.Ledger.Contains(name))
            {
                return; // As the grain does with a duplicate.
            }

            long[] timesUs = [.. times];
            twin.Apply(new CommittedBatch(++position, name, [new SampleColumn(source == 0 ? "force" : "speed", timesUs, [.. timesUs.Select(time => (double)time)])], 0, null));
            foreach (var stage in twin.Stages)
            {
                while (stage.NextRequest() is { } request)
                {
                    foreach (var judged in twin.Judge(stage, stage.Accept(Answer(request))))
                    {
                        points.AddRange(judged.TimesUs.Select(time => (judged.Feature, time)));
                    }
                }
            }
        }
    }

    private static ComputeReply Answer(ComputeRequest request) => request switch
    {
        LikelihoodRequest likelihood => new ComputeReply(ComputeOutcome.Done, [.. likelihood.Series.Skip((int)(likelihood.First - likelihood.Origin))]),
        HotellingFitRequest => new ComputeReply(ComputeOutcome.Done, [], new HotellingModelData([0, 0], [], [], 0, 1, 1)),
        HotellingScoreRequest score => new ComputeReply(ComputeOutcome.Done, new double[score.Rows.Length / 2]),
        _ => throw new NotSupportedException(request.GetType().Name),
    };
}
