using IndustrialTwin.Simulation;

namespace IndustrialTwin.Protocols;

/// <summary>One run of the grid's policy from a seed: devices, load, deadlines and faults all follow from it.</summary>
internal static class GridRun
{
    private const int Requests = 3_000;

    /// <summary>Runs a seed to its end.</summary>
    public static Verdict Run(int seed)
    {
        var random = new Random(seed);
        var options = new SimulationOptions
        {
            Seed = seed,
            Devices = random.Next(3, 25),
            Kernels = random.Next(1, 17),
            Sites = random.Next(1, 4),
            Load = 0.05 + (2.95 * random.NextDouble()),
            DeadlineBatches = 1.5 + (6.5 * random.NextDouble()),
            IsHeterogeneous = random.Next(2) == 0,
            ControlRatio = 0.002,
            Requests = Requests,
            Faults = new FaultOptions
            {
                DeviceDeathEveryUs = random.Next(3) * 5_000,
                SiloDeathEveryUs = random.Next(2) * 50_000,
                LossRatio = 0.05 * random.NextDouble() * random.Next(2),
                DuplicateRatio = 0.05 * random.NextDouble() * random.Next(2),
                DelayRatio = 0.05 * random.NextDouble() * random.Next(2),
                DownUs = 20_000,
            },
        };
        var result = SimulationRun.Run(options);
        var violations = new List<string>();
        if (result.Ended.Sum() != Requests)
        {
            violations.Add($"of {Requests} requests {result.Ended.Sum()} ended");
        }

        if (result.ExecutedLate != 0)
        {
            violations.Add($"{result.ExecutedLate} requests started after their deadline");
        }

        if (!options.Faults.IsAny && result.Surplus != 0)
        {
            violations.Add($"{result.Surplus} answers came to requests that had ended, without a fault");
        }

        return new Verdict(seed, result.Fingerprint, result.Requests, result.EndUs, [.. violations], [$"{options}"]);
    }
}
