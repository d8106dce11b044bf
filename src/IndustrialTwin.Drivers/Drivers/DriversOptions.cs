using IndustrialTwin.Devices;

namespace IndustrialTwin.Drivers;

/// <summary>The drivers that a node uses; nothing that is not named here is loaded or called.</summary>
public sealed class DriversOptions
{
    /// <summary>The configuration section; it is shared with the options of discovery and of devices.</summary>
    public const string Section = "Devices";

    /// <summary>The folder that driver assemblies are in.</summary>
    public string DriverFolder { get; set; } = "drivers";

    /// <summary>The drivers, the preferred one first.</summary>
    public IList<DriverOptions> Drivers { get; } = [];

    /// <summary>Makes what is configured.</summary>
    /// <exception cref="DriverException">Names the setting, its value and what was expected.</exception>
    public IReadOnlyList<NamedDriver> ToDrivers()
    {
        var named = Drivers.Select((driver, index) => driver.ToDriver($"{Section}:{nameof(Drivers)}:{index}", $"driver-{index}", DriverFolder)).ToList();
        return named.GroupBy(driver => driver.Id).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new DriverException($"{Section}:{nameof(Drivers)} has the id '{twice.Key}' {twice.Count()} times; expected once.")
            : named;
    }
}
