using System.Data;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Protocols;

/// <summary>A silo's way to the database, on which everything can go wrong that goes wrong with a real one.</summary>
internal sealed class SimulatedLogStore(World world, SimulatedDatabase database, SimulatedSilo silo, Mutation mutation) : ILogStore
{
    private const long CommitUsMax = 20_000;
    private const long HangUsMax = 30_000_000;

    public string System => "simulated";

    private Hazards Hazards => silo.Hazards;

    public Task MigrateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task CommitAsync(IReadOnlyList<LogWrite> group, CancellationToken cancellationToken)
    {
        foreach (var claim in group.OfType<ClaimWrite>())
        {
            await ClaimAsync(claim, cancellationToken);
        }

        if (group.Count > 0 && group.All(write => write is ClaimWrite))
        {
            return;
        }

        await TravelAsync(cancellationToken);
        var ended = new TaskCompletionSource();
        Plan([.. group], ended); // The writer uses its list again, also where it has given a commit up and the database has not.
        await ended.Task.WaitAsync(cancellationToken);
        database.Told(group);
    }

    public bool IsUnavailable(Exception fault) => fault is IOException or OperationCanceledException;

    public async Task<IReadOnlyList<LoggedEntry>> ReadEventsAsync(MachineKey machine, long afterPosition, CancellationToken cancellationToken) =>
        [.. (await ReadEntriesAsync(machine, afterPosition, int.MaxValue, cancellationToken)).Where(entry => entry.Kind == LogEntryKind.Event)];

    public async Task<IReadOnlyList<LoggedEntry>> ReadEntriesAsync(MachineKey machine, long afterPosition, int entriesMax, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        if (world.Chance(Hazards.ReadFails))
        {
            throw new IOException("The run has a read fail.");
        }

        var read = database.RowsOf(machine).Entries.Where(entry => entry.Position > afterPosition).Take(entriesMax).ToList();
        if (mutation == Mutation.ReadsSkip && read.Count > 3 && world.Chance(0.2))
        {
            read.RemoveAt(world.Random.Next(read.Count - 1));
        }

        await TravelAsync(cancellationToken);
        return read;
    }

    public IAsyncEnumerable<TimedPayload> ReadBatchesAsync(MachineKey machine, long fromUs, long toUs, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Runs read entries.");

    public IAsyncEnumerable<TimedPayload> ReadBlocksAsync(MachineKey machine, string feature, long fromUs, long toUs, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Runs read entries.");

    public Task<IReadOnlyList<QuarantineRecord>> ReadQuarantineAsync(MachineKey? machine, int recordsMax, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Runs read entries.");

    public Task<LogTotals> ReadTotalsAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Runs read entries.");

    public ValueTask DisposeAsync() => default;

    private async Task ClaimAsync(ClaimWrite claim, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        var done = new TaskCompletionSource();
        database.Claim(claim, () => silo.Hears(() => done.TrySetResult()));
        await done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>A message to or from the database.</summary>
    private async Task TravelAsync(CancellationToken cancellationToken)
    {
        await world.WaitAsync(world.Between(50, 1_000), silo, cancellationToken);
        if (database.IsDown)
        {
            throw new IOException("The run's database is down.");
        }
    }

    /// <summary>Decides what becomes of a transaction and when; it goes on at the database whatever becomes of the silo.</summary>
    private void Plan(IReadOnlyList<LogWrite> group, TaskCompletionSource ended)
    {
        if (world.Chance(Hazards.CommitSpoiled))
        {
            silo.Hears(() => ended.TrySetException(new DataException("The run has the database refuse a group.")));
            return;
        }

        var transaction = database.Begin(group);
        var (writes, fault) = world.Random.NextDouble() switch
        {
            var chance when chance < Hazards.CommitFails => (0, "fails"),
            var chance when chance < Hazards.CommitFails + Hazards.CommitAnswerLost => (group.Count, "commits, and the answer is lost"),
            var chance when chance < Hazards.CommitFails + Hazards.CommitAnswerLost + Hazards.CommitTorn => (world.Random.Next(group.Count + 1), "is torn"),
            _ => (group.Count, null),
        };
        var takesUs = world.Chance(Hazards.CommitHangs) ? world.Between(1_000_000, HangUsMax) : world.Between(100, CommitUsMax);
        if (mutation == Mutation.AnswersBeforeCommit)
        {
            AnswerEarly(transaction, takesUs, ended);
            return;
        }

        world.After(takesUs, () =>
        {
            var written = database.IsDown ? 0 : writes;
            transaction.Commit(written);
            silo.Committed(group);
            var lost = fault ?? (database.IsDown ? "fails" : null);
            if (lost is not null)
            {
                world.Note($"{silo} commit of {group.Count} {lost}");
            }

            silo.Hears(() =>
            {
                if (lost is null)
                {
                    ended.TrySetResult();
                }
                else
                {
                    ended.TrySetException(new IOException($"The run has a commit that {lost}."));
                }
            });
        });
    }

    /// <summary>The mutation: results as if it were committed, and the commit a while after the answer, if the silo still lives.</summary>
    private void AnswerEarly(SimulatedTransaction transaction, long takesUs, TaskCompletionSource ended)
    {
        for (var i = 0; i < transaction.Group.Count; i++)
        {
            switch (transaction.Group[i])
            {
                case EntryWrite entry:
                    entry.Result = new AppendReply(transaction.Owned[i] ? AppendOutcome.Committed : AppendOutcome.Fenced, 0);
                    break;
                case FeatureWrite feature:
                    feature.Result = transaction.Owned[i];
                    break;
            }
        }

        ended.TrySetResult();
        world.After(takesUs, () => transaction.Commit(silo.IsAlive ? transaction.Group.Count : 0));
    }
}
