using IndustrialTwin.Devices;
using IndustrialTwin.Drivers;
using IndustrialTwin.Starting;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Hosting;

/// <summary>The devices of the silo's node: which are opened, their limits, and the drivers that are allowed.</summary>
internal static class DeviceHosting
{
    /// <summary>Reads the section <c>Devices</c>.</summary>
    /// <exception cref="StartException">A value is outside its range, or a driver is not as it must be.</exception>
    public static void AddDevices(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(DriversOptions.Section);
        var discovery = section.Get<DiscoveryOptions>() ?? DiscoveryOptions.Default;
        var limits = section.Get<DeviceOptions>() ?? DeviceOptions.Default;
        var drivers = section.Get<DriversOptions>() ?? new DriversOptions();
        try
        {
            discovery.Validate();
            limits.Validate();
            for (var i = 0; i < drivers.Drivers.Count; i++)
            {
                if (drivers.Drivers[i] is { Socket: not null } socket && socket.LaunchTimeout >= limits.LaunchMax)
                {
                    throw new StartException(
                        $"{DriversOptions.Section}:Drivers:{i}:LaunchTimeout is {socket.LaunchTimeout}; expected below {DriversOptions.Section}:LaunchMax = {limits.LaunchMax}, "
                        + "so that a driver that hangs costs no thread.");
                }
            }

            foreach (var driver in drivers.ToDrivers())
            {
                builder.Services.AddSingleton(driver);
            }
        }
        catch (ArgumentOutOfRangeException fault)
        {
            var rule = fault.Message.ReplaceLineEndings("\n").Split('\n')[0].Split(" (Parameter")[0];
            throw new StartException($"{DriversOptions.Section}:{fault.ParamName} is {fault.ActualValue}. {rule}", fault);
        }
        catch (DriverException fault)
        {
            throw new StartException(fault.Message, fault);
        }

        builder.Services.AddSingleton(Options.Create(discovery));
        builder.Services.AddSingleton(Options.Create(limits));
    }
}
