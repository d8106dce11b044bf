using IndustrialTwin.Accelerators;
using IndustrialTwin.Bench;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>A silo under control load that a cause may spoil.</summary>
/// <param name="Silo">Its process.</param>
/// <param name="Grid">A client of it.</param>
/// <param name="Accelerator">The device that control, monitoring and training share.</param>
/// <param name="Load">The control load.</param>
/// <param name="Database">Its SQLite file.</param>
internal sealed record LoopTrial(BenchSilo Silo, GridConnection Grid, IAcceleratorGrain Accelerator, ControlLoad Load, string Database);
