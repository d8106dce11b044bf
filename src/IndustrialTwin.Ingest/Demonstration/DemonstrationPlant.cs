using IndustrialTwin.Machines;

namespace IndustrialTwin.Demonstration;

/// <summary>The machines of the demonstration, and the plant file that declares them.</summary>
public static class DemonstrationPlant
{
    private const string PlantFileName = "IndustrialTwin.Demonstration.plant.yaml";

    /// <summary>The plant file, YAML.</summary>
    public static string PlantFile
    {
        get
        {
            using var stream = typeof(DemonstrationPlant).Assembly.GetManifestResourceStream(PlantFileName)
                ?? throw new InvalidOperationException($"The assembly lacks its resource '{PlantFileName}'.");
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Makes the machines anew. Those with speed 0 stay healthy for ever.</summary>
    internal static DemonstrationMachine[] CreateMachines(int seed, double faultSpeed) =>
    [
        new CentrifugalPump(Key("line-1/pump-01"), seed + 1, 0),
        new CentrifugalPump(Key("line-1/pump-02"), seed + 2, faultSpeed),
        new BearingSpindle(Key("line-2/spindle-01"), seed + 3, faultSpeed),
        new BearingSpindle(Key("line-2/spindle-02"), seed + 4, 0),
        new StampingPress(Key("line-2/press-01"), seed + 5, faultSpeed),
    ];

    private static MachineKey Key(string path) => MachineKey.Parse("demo/" + path);
}
