using IndustrialTwin.Audit;
using IndustrialTwin.Hosting;
using IndustrialTwin.Identities;
using IndustrialTwin.Security;

namespace IndustrialTwin.Starting;

/// <summary>
/// <c>key</c> as the program's first argument makes an administrator's access key for everything and ends: the first one, or one in
/// place of all that were lost. Who can run it on the database can do everything anyhow; the audit log tells of it.
/// </summary>
internal static class KeyCommand
{
    /// <summary>The argument.</summary>
    public const string Name = "key";

    /// <summary>Makes the key and shows it, once.</summary>
    /// <exception cref="StartException">The settings do not name a database, or there is no cluster key.</exception>
    public static async Task RunAsync(IConfiguration configuration, TextWriter output, CancellationToken cancellationToken = default)
    {
        var storage = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        var security = configuration.GetSection(SecurityOptions.Section).Get<SecurityOptions>() ?? new SecurityOptions();
        StartChecks.Rules(storage);
        StartChecks.Folder(storage);
        StartChecks.Rules(security);
        var keys = AccessHosting.Keys(security, storage, isRequired: true);
        await using var database = AccessHosting.Open(storage);
        var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var (stored, text) = KeyText.Make(new AccessKeyRequest("administrator", Role.Administrator, Caller.Everywhere), now);
        await new AuditLog(database, keys).AppendAsync(
            new AuditEvent(now, $"{Environment.UserName} on {Environment.MachineName}", "key", stored.Key.Id, AuditOutcome.Allowed, "an administrator's key for everything"), cancellationToken);
        await new AccessStore(database, TimeProvider.System).AddKeyAsync(stored, cancellationToken);
        await output.WriteLineAsync(text);
        await output.WriteLineAsync("This access key may do everything. It is not shown again; keep it where only administrators read it.");
    }
}
