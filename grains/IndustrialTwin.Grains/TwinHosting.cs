using IndustrialTwin.Controls;
using IndustrialTwin.Kernels;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Tenants;
using IndustrialTwin.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace IndustrialTwin.Hosting;

/// <summary>Puts the twins on a silo.</summary>
public static class TwinHosting
{
    /// <summary>
    /// Adds the twins, and the devices of the silo's node. The silo brings a grain storage named <c>twins</c> and an <c>ISampleLog</c>;
    /// <see cref="MachineOptions"/> may be configured.
    /// </summary>
    /// <exception cref="FormatException">One of the node's options is none that a node may have.</exception>
    public static ISiloBuilder AddTwins(this ISiloBuilder silo, NodeOptions node)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(node);
        node.Validate();
        silo.Services.AddOptions<MachineOptions>().ValidateDataAnnotations().ValidateOnStart();
        silo.Services.AddSingleton(Options.Create(node));
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.TryAddSingleton<NodeDevices>();
        silo.Services.AddHostedService(services => services.GetRequiredService<NodeDevices>());
        silo.Services.AddOptions<WorkOptions>().ValidateDataAnnotations().ValidateOnStart();
        silo.AddKernelCatalogue();
        silo.Services.AddSingleton<ActiveNodes>();
        silo.Services.AddSingleton<NodePayloads>();
        silo.Services.AddSingleton<GridDirectory>();
        silo.Services.AddHostedService(services => services.GetRequiredService<GridDirectory>());
        silo.Services.AddSingleton<JobAuction>();
        silo.Services.AddSingleton<TiersAbove>();
        silo.Services.AddSingleton<ComputeGrid>();
        silo.Services.TryAddSingleton<IQuotas, NoQuotas>();
        silo.Services.TryAddSingleton<ICommandSink, NoCommandSink>();
        silo.Services.AddSingleton<MachineEventCodec>();
        silo.Services.AddPlacementDirector<NodePlacement, NodePlacementDirector>();
        return silo.UseSiloMetadata(node.ToMetadata());
    }
}
