using System.Globalization;

namespace IndustrialTwin.Chaos;

/// <summary>What became of all decisions of a cluster's control loops, by its own count.</summary>
internal sealed class Decisions(IReadOnlyDictionary<string, long> outcomes)
{
    public long All => outcomes.Values.Sum();

    public long Missed => outcomes.Where(outcome => outcome.Key is not ("sent" or "nothing-to-do")).Sum(outcome => outcome.Value);

    public static async Task<Decisions> OfAsync(ChaosCluster cluster)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var outcomes = new Dictionary<string, long>();
        foreach (var silo in cluster.Silos)
        {
            var text = await http.GetStringAsync(new Uri(silo.Http, "/metrics"));
            foreach (var line in text.Split('\n').Where(line => line.StartsWith("itwin_control_decisions", StringComparison.Ordinal) && line.Contains("outcome=\"", StringComparison.Ordinal)))
            {
                var count = (long)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
                var outcome = line.Split("outcome=\"")[1].Split('"')[0];
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + count;
            }
        }

        return new Decisions(outcomes);
    }

    /// <summary>What was added since, in words.</summary>
    public string Since(Decisions before) =>
        string.Join(", ", outcomes.Select(outcome => (outcome.Key, New: outcome.Value - before.Of(outcome.Key))).Where(outcome => outcome.New > 0).Select(outcome => $"{outcome.Key} {outcome.New:n0}"));

    private long Of(string outcome) => outcomes.GetValueOrDefault(outcome);
}
