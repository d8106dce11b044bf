using System.Globalization;

namespace IndustrialTwin.Kernels;

/// <summary>
/// The extents that requests of one kernel have in common, such as the length of their windows: what decides whether they can share a launch
/// and what a unit of them costs. It stands in the kernel's name, <c>forecast.96x24</c>.
/// </summary>
/// <param name="First">The main extent; 0 where the kernel has none.</param>
/// <param name="Second">A second one, or 0.</param>
/// <param name="Third">A third one, or 0.</param>
/// <param name="Fourth">A fourth one, or 0.</param>
public readonly record struct KernelShape(int First = 0, int Second = 0, int Third = 0, int Fourth = 0)
{
    private const int ExtentsMax = 4;

    /// <summary>Whether each extent that is there is above 0, and none stands after one that is not.</summary>
    public bool IsWhole => First >= 0 && Second >= 0 && Third >= 0 && Fourth >= 0
        && (First > 0 || Second == 0) && (Second > 0 || Third == 0) && (Third > 0 || Fourth == 0);

    /// <summary>Extents joined by <c>x</c>; empty where there is none.</summary>
    public override string ToString() => this switch
    {
        { First: 0 } => string.Empty,
        { Second: 0 } => string.Create(CultureInfo.InvariantCulture, $"{First}"),
        { Third: 0 } => string.Create(CultureInfo.InvariantCulture, $"{First}x{Second}"),
        { Fourth: 0 } => string.Create(CultureInfo.InvariantCulture, $"{First}x{Second}x{Third}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{First}x{Second}x{Third}x{Fourth}"),
    };

    /// <summary>Reads a shape, answering false where the text is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out KernelShape shape)
    {
        shape = default;
        if (text.IsEmpty)
        {
            return true;
        }

        Span<int> extents = stackalloc int[ExtentsMax];
        var count = 0;
        foreach (var part in text.Split('x'))
        {
            if (count == ExtentsMax || !int.TryParse(text[part], NumberStyles.None, CultureInfo.InvariantCulture, out extents[count]) || extents[count] < 1)
            {
                return false;
            }

            count++;
        }

        shape = new KernelShape(extents[0], extents[1], extents[2], extents[3]);
        return true;
    }
}
