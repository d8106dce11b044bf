using System.CommandLine;
using System.Globalization;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Twins;

/// <summary><c>itwin watch</c>: a line whenever a twin changes, until Ctrl+C.</summary>
internal sealed class WatchCommand : Command
{
    /// <summary>A stream whose silo died can hang; a twin that is silent for so long is asked.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(100), IntervalMax = TimeSpan.FromMinutes(1);

    public WatchCommand(Terminal terminal)
        : base("watch", "Prints a line whenever a twin changes, until Ctrl+C.")
    {
        var key = new Argument<string>("key") { Description = "A site, line, machine, node or accelerator." };
        var interval = TimeOption.Create("--interval", "At most one line in this time, 100ms to 1m.", TimeSpan.FromSeconds(1));
        interval.Validators.Add(result =>
        {
            if (result.Errors.Any() is false && result.GetValueOrDefault<TimeSpan>() is var given && (given < IntervalMin || given > IntervalMax))
            {
                result.AddError("--interval must lie within 100ms and 1m.");
            }
        });
        var json = new Option<bool>("--json") { Description = "As JSON, a snapshot a line." };
        Arguments.Add(key);
        Options.Add(interval);
        Options.Add(json);
        var grid = new GridOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var twin = await new TwinFinder(connection).FindAsync(parsed.GetValue(key)!, cancellationToken);
            await FollowAsync(connection, twin, parsed.GetValue(interval), parsed.GetValue(json), terminal.Out, cancellationToken);
            return ExitCode.Done;
        });
    }

    private static async Task FollowAsync(
        GridConnection grid, TwinView twin, TimeSpan interval, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stream = twin.Follow(interval, stop.Token).GetAsyncEnumerator(stop.Token);
        var last = string.Empty;
        try
        {
            while (true)
            {
                var move = stream.MoveNextAsync().AsTask();
                while (await Task.WhenAny(move, Task.Delay(SilenceMax, cancellationToken)) != move)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await grid.CallAsync(twin.Read(), twin.Key, cancellationToken);
                }

                if (!await move)
                {
                    return;
                }

                var line = json ? TwinJson.Text(stream.Current, indented: false) : TwinText.Line(stream.Current);
                if (line != last)
                {
                    last = line;
                    await output.WriteLineAsync(json ? line : $"{DateTime.Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}  {line}");
                }
            }
        }
        catch (Exception fault) when (fault is not (CommandFault or OperationCanceledException))
        {
            throw grid.Lost(twin.Key, fault);
        }
        finally
        {
            // Not awaited longer: closing a stream asks its silo, which may be the one that is gone.
            await stop.CancelAsync();
        }
    }
}
