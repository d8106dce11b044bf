using System.Diagnostics;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Gameday;

/// <summary>A drill under way: where it finds an installation to attack, and where it notes what it sees.</summary>
internal sealed class Trial(Grounds grounds)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly List<Observation> _observed = [];

    /// <summary>Whether security is on in the installations.</summary>
    public bool IsSecured => grounds.IsSecured;

    /// <summary>Notes something that must be so, and whether it was.</summary>
    public void Must(bool held, string observed) => _observed.Add(new Observation(held, observed));

    /// <summary>The installation that drills share which leave it as it was.</summary>
    public Task<Installation> SharedAsync(CancellationToken cancellationToken) => grounds.SharedAsync(cancellationToken);

    /// <summary>An installation of the drill's own, to be killed or starved. Its caller disposes of it.</summary>
    public Task<Installation> OwnAsync(InstallationPlan plan, CancellationToken cancellationToken) => grounds.OwnAsync(plan, cancellationToken);

    /// <summary>Runs a drill to its verdict. A drill that breaks has shown nothing, and has failed.</summary>
    public static async Task<DrillResult> RunAsync(Drill drill, Grounds grounds, CancellationToken cancellationToken)
    {
        var (trial, began) = (new Trial(grounds), Stopwatch.StartNew());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await drill.RunAsync(trial, limit.Token);
        }
        catch (DrillNotHereException fault)
        {
            return Result(Verdict.NotRun, fault.Message);
        }
#pragma warning disable CA1031 // Whatever broke the drill is what was observed.
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            trial.Must(false, limit.IsCancellationRequested
                ? $"the drill did not end within {Limit.TotalMinutes:0} min"
                : $"the drill broke: {(fault is CommandFault ? string.Empty : fault.GetType().Name + ": ")}{fault.Message.ReplaceLineEndings(" ")}");
        }

        return Result(trial._observed.Count > 0 && trial._observed.TrueForAll(seen => seen.Held) ? Verdict.Held : Verdict.Failed, null);

        DrillResult Result(Verdict verdict, string? reason) =>
            new(drill.Name, drill.Attempted, drill.Expected, verdict, [.. trial._observed], Math.Round(began.Elapsed.TotalSeconds, 1), reason);
    }
}
