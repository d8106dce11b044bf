using Microsoft.Extensions.Options;

namespace IndustrialTwin.Dashboard;

/// <summary>The limits of the dashboard, read from the configuration section <see cref="Section"/>.</summary>
public sealed class DashboardOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Dashboard";

    /// <summary>How many live streams this process feeds at once, 1 to 10,000; one more is answered with 503.</summary>
    public int LiveClientsMax { get; set; } = 256;

    /// <summary>How many different machines this process follows live at once, 1 to 10,000; one more is answered with 503.</summary>
    public int WatchedMachinesMax { get; set; } = 64;

    /// <summary>How many alarms one answer carries, 1 to 10,000; the rest is named by <c>more</c>.</summary>
    public int AlarmsMax { get; set; } = 1_000;

    /// <summary>HTTP requests a second that one identity may make, 1 to 1,000,000; twice as many at once. It counts where one has to sign in.</summary>
    public int RequestsPerSecondMax { get; set; } = 50;

    /// <summary>Sign-ins that one address may try in a minute, 1 to 1,000,000.</summary>
    public int SignInsPerMinuteMax { get; set; } = 30;

    /// <summary>How long a browser stays signed in, 1 minute to 1 day.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How long a browser stays signed in without anybody at it, 1 second to 1 day.</summary>
    public TimeSpan SessionIdleMax { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>What the page says before anybody signs in, as the owner of the plant wants it; up to 4,096 characters, empty for nothing.</summary>
    public string Notice { get; set; } = string.Empty;

    /// <summary>How many grain calls one request makes at once, 1 to 256.</summary>
    public int CallsAtOnceMax { get; set; } = 16;

    /// <summary>How long a grain call may take, 100 ms to 1 minute; then the request is answered with 504.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>At most one change of a twin is passed on in this time, 100 ms to 1 minute.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a live stream says that it is alive, 100 ms to 10 s.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>After this long without a change a followed twin is asked whether it is still there, 100 ms to 1 minute.</summary>
    public TimeSpan SilenceMax { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often nodes, accelerators and the list of sites are read while somebody looks, 100 ms to 1 minute.</summary>
    public TimeSpan GridInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a twin is followed on after its last client left, 0 to 1 minute.</summary>
    public TimeSpan LingerTime { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Refuses limits out of their ranges before the host starts.</summary>
internal sealed class DashboardOptionsRules : IValidateOptions<DashboardOptions>
{
    public ValidateOptionsResult Validate(string? name, DashboardOptions options)
    {
        var minute = TimeSpan.FromMinutes(1);
        var least = TimeSpan.FromMilliseconds(100);
        string?[] faults =
        [
            Fault(nameof(options.LiveClientsMax), options.LiveClientsMax, 1, 10_000),
            Fault(nameof(options.WatchedMachinesMax), options.WatchedMachinesMax, 1, 10_000),
            Fault(nameof(options.AlarmsMax), options.AlarmsMax, 1, 10_000),
            Fault(nameof(options.RequestsPerSecondMax), options.RequestsPerSecondMax, 1, 1_000_000),
            Fault(nameof(options.SignInsPerMinuteMax), options.SignInsPerMinuteMax, 1, 1_000_000),
            Fault(nameof(options.SessionLifetime), options.SessionLifetime, minute, TimeSpan.FromDays(1)),
            Fault(nameof(options.SessionIdleMax), options.SessionIdleMax, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            Fault($"{nameof(options.Notice)}'s length", options.Notice.Length, 0, 4_096),
            Fault(nameof(options.CallsAtOnceMax), options.CallsAtOnceMax, 1, 256),
            Fault(nameof(options.CallTimeout), options.CallTimeout, least, minute),
            Fault(nameof(options.WatchInterval), options.WatchInterval, least, minute),
            Fault(nameof(options.HeartbeatInterval), options.HeartbeatInterval, least, TimeSpan.FromSeconds(10)),
            Fault(nameof(options.SilenceMax), options.SilenceMax, least, minute),
            Fault(nameof(options.GridInterval), options.GridInterval, least, minute),
            Fault(nameof(options.LingerTime), options.LingerTime, TimeSpan.Zero, minute),
        ];
        var found = faults.OfType<string>().ToArray();
        return found.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(found);
    }

    private static string? Fault<T>(string field, T value, T least, T most)
        where T : IComparable<T> =>
        value.CompareTo(least) < 0 || value.CompareTo(most) > 0
            ? $"{DashboardOptions.Section}:{field} is {value}; expected {least} to {most}."
            : null;
}
