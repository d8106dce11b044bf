using IndustrialTwin.Dashboard;
using IndustrialTwin.Problems;

namespace IndustrialTwin.Machines;

/// <summary><c>GET machines/{site}/{line}/{machine}</c> and its series.</summary>
internal static class MachineEndpoints
{
    /// <summary>The path of a machine.</summary>
    public const string Path = "/machines/{site}/{line}/{machine}";

    public static void MapMachines(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, GetAsync);
        endpoints.MapGet(Path + "/channels/{name}", GetChannelAsync);
        endpoints.MapGet(Path + "/features/{analysis}/{feature}", GetFeatureAsync);
    }

    /// <summary>The machine of a request's path as it stands, or the problem with it.</summary>
    public static async Task<(MachineSnapshot? Machine, IResult? Problem)> FindAsync(
        string site, string line, string machine, GridReader grid, CancellationToken cancellationToken)
    {
        if (!RequestFields.TryKey<MachineKey>([("site", site), ("line", line), ("machine", machine)], out var key, out var problem))
        {
            return (null, problem);
        }

        if (!await grid.KnowsSiteAsync(key.Site, cancellationToken))
        {
            return (null, Problem.NotFound(key.Value, "site", site, "a site that a plant file declares"));
        }

        // A retired machine keeps its history and is shown; one that never was is not.
        var snapshot = await grid.MachineAsync(key, cancellationToken);
        return snapshot is { IsDeclared: false, Revision: null, LogPosition: <= 0 }
            ? (null, Problem.NotFound(key.Value, "machine", machine, $"a machine of {site}/{line} that a plant file declares"))
            : (snapshot, null);
    }

    private static async Task<IResult> GetAsync(string site, string line, string machine, GridReader grid, CancellationToken cancellationToken)
    {
        var (snapshot, problem) = await FindAsync(site, line, machine, grid, cancellationToken);
        return problem ?? DashboardJson.Answer(snapshot);
    }

    private static async Task<IResult> GetChannelAsync(
        string site, string line, string machine, string name, HttpRequest request, GridReader grid, CancellationToken cancellationToken)
    {
        var asset = $"{site}/{line}/{machine}";
        if (!RequestFields.TryName(asset, "channel", name, out var channel, out var problem)
            || !RequestFields.TryStretch(asset, channel, request.Query, out var stretch, out problem))
        {
            return problem;
        }

        var (snapshot, fault) = await FindAsync(site, line, machine, grid, cancellationToken);
        if (snapshot is null)
        {
            return fault!;
        }

        if (!snapshot.Channels.Any(known => known.Channel == channel))
        {
            return Problem.NotFound(asset, "channel", channel, Known("a channel with samples", snapshot.Channels.Select(known => known.Channel)));
        }

        var twin = grid.Grains.GetGrain<IMachineGrain>(snapshot.Summary.Machine.Value);
        return DashboardJson.Answer(await grid.Within(twin.GetSamples(stretch, cancellationToken), cancellationToken));
    }

    private static async Task<IResult> GetFeatureAsync(
        string site, string line, string machine, string analysis, string feature, HttpRequest request, GridReader grid, CancellationToken cancellationToken)
    {
        var asset = $"{site}/{line}/{machine}";
        if (!RequestFields.TryName(asset, "analysis", analysis, out var first, out var problem)
            || !RequestFields.TryName(asset, "feature", feature, out var last, out problem)
            || !RequestFields.TryStretch(asset, $"{first}/{last}", request.Query, out var stretch, out problem))
        {
            return problem;
        }

        var (snapshot, fault) = await FindAsync(site, line, machine, grid, cancellationToken);
        if (snapshot is null)
        {
            return fault!;
        }

        if (!snapshot.Features.Any(known => known.Feature == stretch.Name))
        {
            return Problem.NotFound(asset, "feature", stretch.Name, Known("a feature with points", snapshot.Features.Select(known => known.Feature)));
        }

        var twin = grid.Grains.GetGrain<IMachineGrain>(snapshot.Summary.Machine.Value);
        return DashboardJson.Answer(await grid.Within(twin.GetFeature(stretch, cancellationToken), cancellationToken));
    }

    private static string Known(string what, IEnumerable<string> names) =>
        string.Join(", ", names) is { Length: > 0 } known ? $"{what}: {known}" : $"{what}; there is none yet";
}
