using CsCheck;
using Xunit;

namespace IndustrialTwin.Policy;

public sealed class EdfQueueTests
{
    private static readonly Gen<WorkTerms> Terms = Gen.Select(
        Gen.Enum<RequestClass>(), Gen.Long[0, 40], Gen.Int[1, 5], (@class, deadline, units) => new WorkTerms(@class, deadline, units));

    [Fact]
    public void It_is_a_sorted_list_in_every_answer() => Gen.Select(Gen.Int[0, 5], Terms).Array[1, 200].Sample(steps =>
    {
        var queue = new EdfQueue<int>(1_000);
        var model = new SortedList<EdfPlace, (int Item, WorkTerms Terms)>();
        for (var i = 0; i < steps.Length; i++)
        {
            var (step, terms) = steps[i];
            switch (step)
            {
                case <= 2:
                    Assert.True(queue.TryAdd(i, terms, out var place));
                    model.Add(place, (i, terms));
                    break;
                case 3:
                    Assert.Equal(model.Count > 0, queue.TryTake(out var item, out var taken));
                    if (model.Count > 0)
                    {
                        Assert.Equal(model.Values[0], (item, taken));
                        model.RemoveAt(0);
                    }

                    break;
                case 4 when model.Count > 0:
                    var gone = model.Keys[i % model.Count];
                    Assert.True(queue.TryRemove(gone));
                    Assert.False(queue.TryRemove(gone));
                    model.Remove(gone);
                    break;
                default:
                    var from = EdfPlace.First(terms.Class, terms.DeadlineUs);
                    var expected = model.FirstOrDefault(known => known.Key >= from);
                    Assert.Equal(expected.Value.Terms.Units > 0, queue.TryFind(from, out var found, out _, out var at));
                    Assert.Equal((expected.Value.Item, expected.Key), (found, at));
                    break;
            }

            Assert.Equal(model.Count, queue.Count);
            Assert.Equal(model.Values.Sum(value => (long)value.Terms.Units), queue.Units);
            var ahead = model.Where(known => known.Key < new EdfPlace(EdfPlace.LaneOf(terms.Class), terms.DeadlineUs, terms.Class, long.MaxValue));
            Assert.Equal(ahead.Sum(known => (long)known.Value.Terms.Units), queue.UnitsAhead(terms.Class, terms.DeadlineUs));
        }
    });

    [Fact]
    public void Control_overtakes_then_the_earlier_deadline_then_the_stricter_class_then_the_earlier_arrival()
    {
        var queue = new EdfQueue<string>(10);
        queue.TryAdd("later", new WorkTerms(RequestClass.Monitor, 20), out _);
        queue.TryAdd("deferrable", new WorkTerms(RequestClass.Deferrable, 10), out _);
        queue.TryAdd("monitor", new WorkTerms(RequestClass.Monitor, 10), out _);
        queue.TryAdd("monitor again", new WorkTerms(RequestClass.Monitor, 10), out _);
        queue.TryAdd("control", new WorkTerms(RequestClass.Control, 1_000), out _);
        List<string> order = [];
        while (queue.TryTake(out var item, out _))
            order.Add(item);
        Assert.Equal(["control", "monitor", "monitor again", "deferrable", "later"], order);
    }

    [Fact]
    public void A_full_queue_takes_no_more()
    {
        var queue = new EdfQueue<int>(2);
        Assert.True(queue.TryAdd(1, new WorkTerms(RequestClass.Monitor, 1), out _));
        Assert.True(queue.TryAdd(2, new WorkTerms(RequestClass.Monitor, 1), out _));
        Assert.False(queue.TryAdd(3, new WorkTerms(RequestClass.Control, 1), out _));
        Assert.Equal(2, queue.Count);
    }

    [Fact]
    public void Warm_it_allocates_nothing()
    {
        var queue = new EdfQueue<int>(1_000);
        void Use()
        {
            for (var i = 0; i < 500; i++)
                queue.TryAdd(i, new WorkTerms(RequestClass.Monitor, i * 7919 % 500), out _);
            while (queue.TryTake(out _, out _))
            {
            }
        }

        Use();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Use();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
