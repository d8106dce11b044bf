using System.CommandLine;
using IndustrialTwin.Analyses;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Replay.Skab;

/// <summary><c>itwin replay skab</c>: the experiments of the Skoltech Anomaly Benchmark and its scores.</summary>
internal sealed class SkabCommand : Command
{
    public SkabCommand(Terminal terminal)
        : base("skab", "Replays experiments of SKAB (Skoltech Anomaly Benchmark) and prints F1, FAR and MAR of what the twins told.")
    {
        var options = new ReplayOptions(this, "skab");
        SetAction(async (parsed, cancellationToken) =>
        {
            var experiments = SkabExperiment.ReadAll(options.Folder(parsed), options.Site(parsed));
            var outcome = await options.RunAsync(
                parsed, terminal, "SKAB", [.. experiments.Select(experiment => experiment.Recording)], SkabExperiment.Feature, cancellationToken);
            var (outliers, changepoints) = (default(OutlierCounts), ChangepointScore.None);
            foreach (var (experiment, series) in experiments.Zip(outcome.Series))
            {
                var (rows, told) = Told(experiment, series);
                var one = OutlierCounts.Of(told, experiment.IsAnomaly.AsSpan(SkabExperiment.FitRows));
                outliers += one;
                changepoints += ChangepointScore.Of(rows, told, experiment.IsChangepoint.AsSpan(SkabExperiment.FitRows));
                if (options.PerFile(parsed))
                {
                    await terminal.Out.WriteLineAsync($"{experiment.Recording.Name,-16} {Text(one)}");
                }
            }

            await terminal.Out.WriteLineAsync(Text(outliers));
            await terminal.Out.WriteLineAsync(Text(changepoints));
            return ExitCode.Done;
        });
    }

    /// <summary>What the twin told of each row after the fitted ones.</summary>
    private static (long[] TimesUs, bool[] Told) Told(SkabExperiment experiment, FeatureSeries series)
    {
        var rows = experiment.Recording.TimesUs[SkabExperiment.FitRows..];
        return series.TimesUs.AsSpan().SequenceEqual(rows)
            ? (rows, series.Exceeded)
            : throw new CommandFault(
                $"{experiment.Recording.Machine.Machine}: the twin has {series.Count} points of {SkabExperiment.Feature}; "
                + $"expected one for each of the {rows.Length} rows after the first {SkabExperiment.FitRows}.",
                ExitCode.Refused);
    }

    private static string Text(OutlierCounts counts) =>
        FormattableString.Invariant($"F1 {counts.F1:0.0000}  FAR {counts.FalseAlarmRate:0.00} %  MAR {counts.MissedAlarmRate:0.00} %  ")
        + $"(TP {counts.TruePositives}  TN {counts.TrueNegatives}  FP {counts.FalsePositives}  FN {counts.FalseNegatives})";

    private static string Text(ChangepointScore score) =>
        FormattableString.Invariant($"Changepoints, NAB as in SKAB: standard {score.Standard:0.00}, low FP {score.LowFalsePositives:0.00}, ")
        + FormattableString.Invariant($"low FN {score.LowFalseNegatives:0.00}; {score.Missed} of {score.Changepoints} missed, {score.FalsePositives} FP");
}
