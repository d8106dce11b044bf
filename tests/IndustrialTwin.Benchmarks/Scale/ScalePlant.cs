using System.Text;
using IndustrialTwin.Benchmarks.Ingest;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Benchmarks.Scale;

/// <summary>A plant of as many presses as asked for, a hundred on a line.</summary>
internal static class ScalePlant
{
    private const int PerLine = 100;

    public static string PlantFile(int twins)
    {
        var head = PressPlant.PlantFile[..PressPlant.PlantFile.IndexOf("lines:", StringComparison.Ordinal)];
        var text = new StringBuilder(head).Append("lines:\n");
        for (var n = 0; n < twins; n++)
        {
            if (n % PerLine == 0)
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  - line: line-{n / PerLine}\n    title: Line {n / PerLine}\n    machines:\n");
            }

            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"      - {{machine: press-{n % PerLine:00}, type: press, title: Press {n}}}\n");
        }

        return text.ToString();
    }

    /// <summary>Connections that share the machines among them, over the brokers of the silos.</summary>
    public static async Task<MqttPublisher[]> ConnectAsync(IReadOnlyList<SiloProcess> silos, ScaleArguments asked, int connections, bool allowsRefusals)
    {
        var like = new PressMessages(0, asked.Rows);
        return await Task.WhenAll(Enumerable.Range(0, connections).Select(c => MqttPublisher.ConnectAsync(
            silos[c % silos.Count].MqttPort,
            $"scale-{c}",
            [
                .. Enumerable.Range(0, asked.Twins).Where(n => n % connections == c)
                    .Select(n => new PressMessages(MachineKey.Parse($"bench/line-{n / PerLine}/press-{n % PerLine:00}"), like)),
            ],
            allowsRefusals)));
    }
}
