using CsCheck;
using Xunit;

namespace IndustrialTwin.Policy;

public sealed class AgendaTests
{
    private static readonly CostEstimate Cost = new(1_000, 100, 0);
    private readonly Agenda<string> _agenda = new(10);
    private readonly List<Work<string>> _batch = [];
    private readonly List<Work<string>> _dropped = [];

    [Fact]
    public void Control_goes_before_the_batch_in_hand_and_the_batch_before_a_job_that_can_wait()
    {
        _agenda.Hold([new Work<string>("batch", new WorkTerms(RequestClass.Monitor, 5_000))], Cost);
        _agenda.TryAdd("job", new WorkTerms(RequestClass.Monitor, 50_000, 2_000));
        _agenda.TryAdd("control", new WorkTerms(RequestClass.Control, 50_000, 100));
        Assert.Equal(AgendaKind.Job, _agenda.Next(0, out var first, _batch, _dropped));
        Assert.Equal("control", first.Item);
        Assert.Equal(AgendaKind.Batch, _agenda.Next(0, out _, _batch, _dropped));
        Assert.Equal("batch", Assert.Single(_batch).Item);
        Assert.Equal(AgendaKind.Job, _agenda.Next(0, out var last, _batch, _dropped));
        Assert.Equal("job", last.Item);
        Assert.Equal(AgendaKind.Nothing, _agenda.Next(0, out _, _batch, _dropped));
        Assert.Empty(_dropped);
    }

    [Fact]
    public void Nothing_starts_that_would_be_late() => Gen.Select(
        Gen.Select(Gen.Long[0, 20_000], Gen.Int[1, 3_000]).Array[0, 10], Gen.Long[0, 20_000].Array[0, 20], Gen.Long[0, 20_000]).Sample((jobs, batched, nowUs) =>
    {
        var agenda = new Agenda<int>(100);
        for (var i = 0; i < jobs.Length; i++)
            agenda.TryAdd(i, new WorkTerms(RequestClass.Monitor, jobs[i].Item1, jobs[i].Item2));
        if (batched.Length > 0)
            agenda.Hold([.. batched.Order().Select((deadline, i) => new Work<int>(100 + i, new WorkTerms(RequestClass.Monitor, deadline)))], Cost);
        List<Work<int>> batch = [], dropped = [];
        var ran = 0;
        for (var kind = agenda.Next(nowUs, out var job, batch, dropped); kind != AgendaKind.Nothing; kind = agenda.Next(nowUs, out job, batch, dropped))
        {
            var lengthUs = kind == AgendaKind.Job ? job.Terms.Units : Cost.PredictUs(batch.Count);
            Assert.All(kind == AgendaKind.Job ? [job] : batch, work => Assert.True(nowUs + lengthUs <= work.Terms.DeadlineUs));
            ran += kind == AgendaKind.Job ? 1 : batch.Count;
            nowUs += lengthUs;
        }

        Assert.True(agenda.IsEmpty);
        Assert.Equal(jobs.Length + batched.Length, ran + dropped.Count);
    });

    [Fact]
    public void A_thief_gets_the_first_job_if_it_is_quicker_and_never_a_control_request()
    {
        _agenda.TryAdd("control", new WorkTerms(RequestClass.Control, 50_000, 100));
        Assert.False(_agenda.TryGive(10_000, 0, 1, out _));
        _agenda.TryAdd("second", new WorkTerms(RequestClass.Monitor, 90_000, 1_000));
        _agenda.TryAdd("first", new WorkTerms(RequestClass.Monitor, 50_000, 1_000));
        Assert.False(_agenda.TryGive(100, 200, 1, out _));
        Assert.False(_agenda.TryGive(1_000, 0, 4, out _));
        Assert.True(_agenda.TryGive(10_000, 200, 1, out var work));
        Assert.Equal("first", work.Item);
        Assert.Equal(2, _agenda.Jobs);
    }

    [Fact]
    public void What_a_bid_must_count_is_what_goes_before()
    {
        _agenda.Hold([new Work<string>("batch", new WorkTerms(RequestClass.Monitor, 5_000, 10))], Cost);
        _agenda.TryAdd("early", new WorkTerms(RequestClass.Monitor, 10, 500));
        _agenda.TryAdd("late", new WorkTerms(RequestClass.Monitor, 1_000, 700));
        Assert.Equal(2_000 + 500, _agenda.AheadUs(RequestClass.Monitor, 100));
        Assert.Equal(0, _agenda.AheadUs(RequestClass.Control, 100));
    }

    [Fact]
    public void There_is_one_batch_in_hand()
    {
        _agenda.Hold([new Work<string>("a", new WorkTerms(RequestClass.Monitor, 5_000))], Cost);
        Assert.Throws<InvalidOperationException>(() => _agenda.Hold([new Work<string>("b", new WorkTerms(RequestClass.Monitor, 5_000))], Cost));
        _agenda.Clear(_dropped);
        Assert.True(_agenda.IsEmpty);
        Assert.Equal("a", Assert.Single(_dropped).Item);
    }
}
