using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Replay.Nab;

/// <summary><c>itwin replay nab</c>: the streams of the Numenta Anomaly Benchmark and its scores.</summary>
internal sealed class NabCommand : Command
{
    public NabCommand(Terminal terminal)
        : base("nab", "Replays streams of NAB (Numenta Anomaly Benchmark) and prints the benchmark's scores of the twins' windowed Gaussian.")
    {
        var options = new ReplayOptions(this, "nab");
        SetAction(async (parsed, cancellationToken) =>
        {
            var streams = NabStream.ReadAll(options.Folder(parsed), options.Site(parsed));
            var outcome = await options.RunAsync(
                parsed, terminal, "NAB", [.. streams.Select(stream => stream.Recording)], NabStream.Feature, cancellationToken);
            foreach (var (stream, series) in streams.Zip(outcome.Series))
            {
                if (!series.TimesUs.AsSpan().SequenceEqual(stream.Recording.TimesUs))
                {
                    throw new CommandFault(
                        $"{stream.Recording.Machine.Machine}: the twin has {series.Count} points of {NabStream.Feature}; "
                        + $"expected one for each of the {stream.Recording.Rows} rows.",
                        ExitCode.Refused);
                }
            }

            var full = streams.Zip(outcome.Series, (stream, series) => (stream.Timeline, series.Values)).ToArray();
            var published = full.Select(file => (file.Timeline, file.Values.Select(NabScore.Rounded).ToArray())).ToArray();
            if (options.PerFile(parsed))
            {
                var threshold = NabScore.Of(NabProfile.Standard, published).Threshold;
                foreach (var (stream, (timeline, scores)) in streams.Zip(published))
                {
                    var one = NabScore.OfFile(NabProfile.Standard, timeline, scores, threshold);
                    await terminal.Out.WriteLineAsync(
                        FormattableString.Invariant($"{stream.Recording.Name,-62} raw {one.Raw:0.0000}  ")
                        + $"(TP {one.TruePositives}  TN {one.TrueNegatives}  FP {one.FalsePositives}  FN {one.FalseNegatives})");
                }
            }

            await terminal.Out.WriteLineAsync("NAB, windowed Gaussian, scores to 12 significant digits as in the published results: " + Text(published));
            await terminal.Out.WriteLineAsync("NAB, windowed Gaussian, scores in full precision:                                    " + Text(full));
            return ExitCode.Done;
        });
    }

    private static string Text((NabTimeline, double[])[] files) => string.Join(
        ", ", NabProfile.All.Select(profile => FormattableString.Invariant($"{profile.Name} {NabScore.Of(profile, files).Normalised:0.0000}")));
}
