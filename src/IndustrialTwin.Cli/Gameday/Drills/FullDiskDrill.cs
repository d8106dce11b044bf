using System.Globalization;

namespace IndustrialTwin.Gameday;

/// <summary>The disk that holds the log is full for a while.</summary>
internal sealed class FullDiskDrill : Drill
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    public override string Name => "full-disk";

    public override string Attempted => "the disk of the log is full under load: a tmpfs that is filled (as root), or a limit on the length of files (else)";

    public override string Expected => "refused, never acknowledged; the silo lives and goes on by itself when there is room; nothing is lost";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || !Tool.Exists("prlimit"))
        {
            throw new DrillNotHereException("it needs Linux with prlimit (util-linux)");
        }

        string? mounted = null;
        var plan = new InstallationPlan
        {
            Wrapper = ["env", "--ignore-signal=XFSZ"], // A write beyond the limit is an error then, and not the process' end.
            Prepare = async data =>
            {
                if (Environment.IsPrivilegedProcess && await Tool.TryAsync("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", data))
                {
                    mounted = data;
                }
            },
        };
        try
        {
            await using var place = await trial.OwnAsync(plan, cancellationToken);
            try
            {
                await HoldAsync(trial, place, mounted is not null, cancellationToken);
            }
            finally
            {
                await place.Silo.KillAsync();
                await UnmountAsync();
            }
        }
        finally
        {
            await UnmountAsync();
        }

        async Task UnmountAsync()
        {
            if (mounted is { } folder)
            {
                mounted = null;
                await Tool.TryAsync("umount", "-l", folder);
            }
        }
    }

    private static async Task HoldAsync(Trial trial, Installation place, bool isMounted, CancellationToken cancellationToken)
    {
        await using var load = await DeviceLoad.StartAsync(place, "full", 4, TimeSpan.FromMilliseconds(10), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        var (before, filler) = (load.Acknowledged, Path.Combine(place.Data, "filler"));
        if (isMounted)
        {
            await FillAsync(filler, cancellationToken);
        }
        else
        {
            await LimitAsync(place, "4096");
        }

        var isRefused = await Wait.UntilAsync(
            async () =>
            {
                var now = load.Acknowledged;
                await Task.Delay(Silence, cancellationToken);
                return load.Acknowledged == now && load.Open > 0;
            },
            TimeSpan.FromSeconds(40),
            cancellationToken);
        trial.Must(isRefused && place.Silo.IsRunning, isRefused
            ? $"{(isMounted ? "tmpfs full" : "files limited to 4096 bytes")}: refuses after {load.Acknowledged - before} more; the silo {(place.Silo.IsRunning ? "lives" : "is DEAD")}"
            : "it went on acknowledging");
        if (isMounted)
        {
            File.Delete(filler);
        }
        else
        {
            await LimitAsync(place, "unlimited");
        }

        var last = load.Acknowledged;
        var isBack = await DeviceLoad.UntilAsync(() => load.Acknowledged > last + 8, TimeSpan.FromSeconds(60), cancellationToken);
        trial.Must(isBack, isBack ? "with room it acknowledges again by itself" : "did not acknowledge within 60 s of there being room");
        await load.CheckAsync(trial, cancellationToken);
    }

    private static async Task LimitAsync(Installation place, string bytes)
    {
        if (!await Tool.TryAsync("prlimit", "--pid", place.Silo.ProcessId.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:unlimited"))
        {
            throw new DrillNotHereException("prlimit may not limit the length of files here");
        }
    }

    private static async Task FillAsync(string filler, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(filler, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        for (var block = new byte[64 << 10]; block.Length >= 512;)
        {
            try
            {
                await file.WriteAsync(block, cancellationToken);
            }
            catch (IOException)
            {
                block = new byte[block.Length / 2];
            }
        }
    }
}
