using System.Text.Json;
using IndustrialTwin.Dashboard;
using IndustrialTwin.Identities;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Problems;
using IndustrialTwin.Sites;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Alarms;

/// <summary><c>GET alarms</c>, and an operator's commands to one of them.</summary>
internal static class AlarmEndpoints
{
    private const int BodyBytesMax = 8 * 1024;
    private const int OperatorLengthMax = 128;
    private const int CommentLengthMax = 1_024;
    private const double ShelveMinutesMin = 1;
    private const double ShelveMinutesMax = 7 * 24 * 60;

    public static void MapAlarms(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/alarms", ListAsync);
        Map(endpoints, "acknowledge", AlarmAction.Acknowledge);
        Map(endpoints, "shelve", AlarmAction.Shelve);
        Map(endpoints, "unshelve", AlarmAction.Unshelve);
    }

    private static void Map(IEndpointRouteBuilder endpoints, string verb, AlarmAction action) =>
        endpoints.MapPost(
            $"{MachineEndpoints.Path}/alarms/{{alarm}}/{verb}",
            (string site, string line, string machine, string alarm, HttpRequest request, GridReader grid, CancellationToken cancellationToken) =>
                CommandAsync(action, site, line, machine, alarm, request, grid, cancellationToken));

    private static async Task<IResult> ListAsync(
        HttpRequest request, GridReader grid, IOptions<DashboardOptions> options, CancellationToken cancellationToken)
    {
        var sites = (await grid.EnterpriseAsync(cancellationToken)).Sites;
        string? site = request.Query["site"];
        if (site is not null)
        {
            if (!RequestFields.TryKey<SiteKey>([("site", site)], out var key, out var problem))
            {
                return problem;
            }

            if (!sites.Contains(key))
            {
                return Problem.NotFound(site, "site", site, "a site that a plant file declares");
            }

            sites = [key];
        }

        var found = await grid.AllAsync(sites, grid.SiteAsync, cancellationToken);
        LineKey[] keys = [.. found.Found.SelectMany(one => one.Lines).Select(line => line.Line)];
        var lines = await grid.AllAsync(keys, grid.LineAsync, cancellationToken);
        var alarms = lines.Found
            .SelectMany(line => line.Machines)
            .SelectMany(machine => machine.Alarms)
            .Where(alarm => alarm.Condition != AlarmCondition.Normal)
            .OrderBy(Urgency)
            .ThenByDescending(alarm => alarm.Priority)
            .ThenByDescending(alarm => alarm.RaisedUs ?? 0)
            .ToArray();
        var max = options.Value.AlarmsMax;
        return DashboardJson.Answer(new
        {
            alarms = alarms.AsSpan(0, Math.Min(max, alarms.Length)).ToArray(),
            more = alarms.Length > max,
            unreachable = found.Missing.Concat(lines.Missing),
        });
    }

    /// <summary>The order in which people want them: what waits for them, what is known, what is over, what was put aside.</summary>
    private static int Urgency(AlarmSnapshot alarm) => alarm.Condition switch
    {
        AlarmCondition.Unacknowledged => 0,
        AlarmCondition.Acknowledged => 1,
        AlarmCondition.ReturnedToNormal => 2,
        _ => 3,
    };

    private static async Task<IResult> CommandAsync(
        AlarmAction action, string site, string line, string machine, string alarm, HttpRequest request, GridReader grid, CancellationToken cancellationToken)
    {
        var asset = $"{site}/{line}/{machine}";
        if (IsForeign(request))
        {
            return Problem.Of(StatusCodes.Status403Forbidden, "The request is not allowed", asset, "Sec-Fetch-Site", request.Headers["Sec-Fetch-Site"], "'same-origin'");
        }

        if (!RequestFields.TryName(asset, "alarm", alarm, out var name, out var problem))
        {
            return problem;
        }

        var (body, fault) = await ReadAsync(asset, request, cancellationToken);
        if (body is not null && AccessGate.CallerOf(request.HttpContext) is { } caller)
        {
            body = body with { Operator = caller.Label }; // Who signed in, whatever the request says.
        }

        if (body is null || (fault = Fault(asset, action, body)) is not null)
        {
            return fault!;
        }

        var (snapshot, missing) = await MachineEndpoints.FindAsync(site, line, machine, grid, cancellationToken);
        if (snapshot is null)
        {
            return missing!;
        }

        var command = new AlarmCommand(
            name, action, body.Operator!.Trim(), body.Comment, body.Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null);
        var twin = grid.Grains.GetGrain<IMachineGrain>(snapshot.Summary.Machine.Value);
        var reply = await grid.Within(twin.CommandAlarm(command, cancellationToken), cancellationToken);
        return reply switch
        {
            { Done: true } => DashboardJson.Answer(reply.Alarm),
            { Alarm: null } => Problem.NotFound(
                asset, "alarm", name, $"an alarm of the machine: {string.Join(", ", snapshot.Alarms.Select(known => known.Name))}"),
            _ => Problem.Of(
                StatusCodes.Status409Conflict,
                "The alarm does not allow this now",
                asset,
                "alarm",
                name,
                "a command that fits the alarm's state",
                reply.Detail),
        };
    }

    /// <summary>Whether a browser sends it on behalf of another site's page.</summary>
    private static bool IsForeign(HttpRequest request) =>
        (string?)request.Headers["Sec-Fetch-Site"] is { Length: > 0 } origin && origin is not ("same-origin" or "none");

    private static async Task<(AlarmCommandBody? Body, IResult? Problem)> ReadAsync(string asset, HttpRequest request, CancellationToken cancellationToken)
    {
        const string Expected = "a JSON object with operator, comment and minutes";
        if (!request.HasJsonContentType())
        {
            return (null, Problem.Of(StatusCodes.Status415UnsupportedMediaType, "The request is not JSON", asset, "Content-Type", request.ContentType, "application/json"));
        }

        // Read one byte over the limit at most, whatever length the request claims.
        var buffer = new byte[BodyBytesMax + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > BodyBytesMax)
        {
            return (null, Problem.Of(
                StatusCodes.Status413PayloadTooLarge, "The request is too large", asset, "body", $"more than {BodyBytesMax} bytes", $"at most {BodyBytesMax} bytes"));
        }

        try
        {
            var body = JsonSerializer.Deserialize<AlarmCommandBody>(buffer.AsSpan(0, length), DashboardJson.Options);
            return body is null ? (null, Problem.Invalid(asset, "body", "null", Expected)) : (body, null);
        }
        catch (JsonException fault)
        {
            return (null, Problem.Invalid(asset, fault.Path is { Length: > 2 } path ? path[2..] : "body", fault.Message, Expected));
        }
    }

    private static ProblemHttpResult? Fault(string asset, AlarmAction action, AlarmCommandBody body)
    {
        if (body.Operator is not { } name || string.IsNullOrWhiteSpace(name) || name.Length > OperatorLengthMax || name.Any(char.IsControl))
        {
            return Problem.Invalid(asset, "operator", body.Operator, $"a name of 1 to {OperatorLengthMax} printable characters");
        }

        if (body.Comment is { Length: > CommentLengthMax })
        {
            return Problem.Invalid(asset, "comment", body.Comment, $"at most {CommentLengthMax} characters");
        }

        var minutes = body.Minutes?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return action == AlarmAction.Shelve
            ? body.Minutes is >= ShelveMinutesMin and <= ShelveMinutesMax
                ? null
                : Problem.Invalid(asset, "minutes", minutes, $"{ShelveMinutesMin} to {ShelveMinutesMax}")
            : body.Minutes is null
                ? null
                : Problem.Invalid(asset, "minutes", minutes, "nothing: only shelve takes minutes");
    }

    /// <summary>The body of a command.</summary>
    private sealed record AlarmCommandBody(string? Operator, string? Comment, double? Minutes);
}
