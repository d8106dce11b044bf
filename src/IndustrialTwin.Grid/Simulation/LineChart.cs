using System.Globalization;
using System.Net;
using System.Text;

namespace IndustrialTwin.Simulation;

/// <summary>A small line chart as SVG: enough for a report, and no drawing library to carry.</summary>
/// <param name="title">The title.</param>
/// <param name="xTitle">What runs to the right.</param>
/// <param name="yTitle">What runs upwards.</param>
internal sealed class LineChart(string title, string xTitle, string yTitle)
{
    private const double Width = 720;
    private const double Height = 420;
    private const double Left = 70;
    private const double Right = 190;
    private const double Top = 40;
    private const double Bottom = 50;
    private const int Ticks = 5;

    // Okabe and Ito's colours, which colour-blind readers can tell apart.
    private static readonly string[] Colours = ["#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];

    private readonly List<(string Name, (double X, double Y)[] Points)> _lines = [];

    public void Add(string name, IEnumerable<(double X, double Y)> points) => _lines.Add((name, [.. points]));

    public string ToSvg()
    {
        var points = _lines.SelectMany(line => line.Points).ToArray();
        var (x, y) = (Axis(points.Select(point => point.X)), Axis(points.Select(point => point.Y).Append(0)));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        Text(svg, Left, 22, title, "start", 15);
        Text(svg, (Left + Width - Right) / 2, Height - 12, xTitle, "middle");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(18 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{WebUtility.HtmlEncode(yTitle)}</text>\n");
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var (atX, atY) = (x.Min + (x.Max - x.Min) * tick / Ticks, y.Min + (y.Max - y.Min) * tick / Ticks);
            Line(svg, Left, Y(atY, y), Width - Right, Y(atY, y));
            Text(svg, Left - 8, Y(atY, y) + 4, Label(atY), "end");
            Text(svg, X(atX, x), Height - Bottom + 18, Label(atX), "middle");
        }

        for (var i = 0; i < _lines.Count; i++)
        {
            var (name, line) = _lines[i];
            var colour = Colours[i % Colours.Length];
            var path = string.Join(' ', line.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X, x):0.#},{Y(point.Y, y):0.#}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
            var at = Top + 12 + i * 20;
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Width - Right + 14}\" y=\"{at - 4}\" width=\"18\" height=\"3\" fill=\"{colour}\"/>\n");
            Text(svg, Width - Right + 38, at + 2, name, "start");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static (double Min, double Max) Axis(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var (min, max) = (all.Min(), all.Max());
        return (min, max > min ? max : min + 1);
    }

    private static double X(double value, (double Min, double Max) axis) => Left + (value - axis.Min) / (axis.Max - axis.Min) * (Width - Left - Right);

    private static double Y(double value, (double Min, double Max) axis) => Height - Bottom - (value - axis.Min) / (axis.Max - axis.Min) * (Height - Top - Bottom);

    private static string Label(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder svg, double x1, double y1, double x2, double y2) =>
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" stroke=\"#dddddd\"/>\n");

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor, int size = 12) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{WebUtility.HtmlEncode(text)}</text>\n");
}
