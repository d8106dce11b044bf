using IndustrialTwin.Audit;
using IndustrialTwin.Backups;
using IndustrialTwin.Hosting;
using IndustrialTwin.Identities;

namespace IndustrialTwin.Starting;

/// <summary>
/// <c>backup &lt;folder&gt;</c>, <c>restore &lt;folder&gt;</c> and <c>verify [folder]</c> as the program's first arguments; <c>verify</c>
/// without a folder looks at the database that the settings name, as after a <c>pg_restore</c>.
/// </summary>
internal static class BackupCommand
{
    /// <summary>The arguments.</summary>
    public static readonly string[] Names = ["backup", "restore", "verify"];

    /// <summary>Does what the first argument says.</summary>
    /// <exception cref="StartException">It cannot be done, or what was looked at is not good.</exception>
    public static async Task RunAsync(string name, string? folder, IConfiguration configuration, TextWriter output, CancellationToken cancellationToken = default)
    {
        var storage = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        var security = configuration.GetSection(SecurityOptions.Section).Get<SecurityOptions>() ?? new SecurityOptions();
        StartChecks.Rules(storage);
        StartChecks.Rules(security);
        if (folder is null && name != "verify")
        {
            throw new StartException($"'{name}' names no folder; expected '{name} <folder>'.");
        }

        if (storage.Engine == StorageEngine.Sqlite && (name == "backup" || folder is null) && !File.Exists(storage.Path))
        {
            throw new StartException($"Storage:Path is '{storage.Path}', which is not there; expected the file of a silo.");
        }

        StartChecks.Folder(storage);
        var keys = AccessHosting.Keys(security, storage, isRequired: true);
        var state = name switch
        {
            "backup" => await Backup.MakeAsync(storage, keys, folder!, cancellationToken),
            "restore" => await Backup.RestoreAsync(storage, keys, folder!, cancellationToken),
            _ => folder is null ? await StoredState.VerifyAsync(storage, keys, Anchor(configuration["head"]), cancellationToken) : await Backup.VerifyAsync(folder, keys, cancellationToken),
        };
        await output.WriteLineAsync($"{(name == "backup" ? "Backed up" : name == "restore" ? "Restored" : "Good")}: {state}.");
    }

    private static AuditHead? Anchor(string? text) => text is null ? null
        : text.Split(':') is [var number, { Length: 64 } hash] && long.TryParse(number, out var read) ? new AuditHead(read, hash)
        : throw new StartException($"--head is '{text}'; expected number:hash, as 'itwin audit verify' prints it.");
}
