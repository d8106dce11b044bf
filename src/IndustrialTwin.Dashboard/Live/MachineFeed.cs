using IndustrialTwin.Dashboard;
using IndustrialTwin.Machines;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Live;

/// <summary>Puts one machine's states on a board.</summary>
internal sealed class MachineFeed(GridReader grid, IOptions<DashboardOptions> options, TimeProvider clock, ILogger<MachineFeed> logger)
{
    /// <summary>Runs until it is cancelled.</summary>
    public Task RunAsync(MachineKey machine, LiveBoard board, CancellationToken cancellationToken) =>
        new TwinFollower<MachineSnapshot>(machine.Value, board, options.Value.SilenceMax, clock, logger)
        {
            Watch = token => grid.Grains.GetGrain<IMachineGrain>(machine.Value).Watch(options.Value.WatchInterval, token),
            Read = token => grid.MachineAsync(machine, token),
            Take = (snapshot, _) => Task.FromResult(board.Put(machine.Value, "machine", DashboardJson.Text(snapshot))),
        }.RunAsync(cancellationToken);
}
