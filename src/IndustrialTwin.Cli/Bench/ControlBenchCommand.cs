using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Bench;

/// <summary>
/// <c>itwin bench control</c>: the way from a sensor's message to the command that answers it, with and without training on the same
/// device, and beside it the same with devices that take what comes in the order it comes. <c>itwin bench all</c>: the other benchmarks
/// before it, and training always.
/// </summary>
internal sealed class ControlBenchCommand : BenchPartCommand
{
    private readonly Option<int> _rate = Whole("--rate", "Messages a second, all machines together, 10 to 20,000.", 1_000, 10, 20_000);
    private readonly Option<int> _machines = Whole("--machines", "Machines that send them, 1 to 1,000.", 50, 1, 1_000);
    private readonly Option<TimeSpan> _duration = TimeOption.Create(
        "--duration", "How long the loop runs beside training; the other parts of it take a quarter of that each, 50 s at most.", TimeSpan.FromMinutes(1));
    private readonly Option<TimeSpan> _deadline = TimeOption.Create("--deadline", "How old a message may be when its command leaves.", TimeSpan.FromMilliseconds(5));
    private readonly Option<bool> _training = new("--with-training") { Description = "Trains a model on the same device meanwhile, without a pause." };
    private readonly Option<string?> _silo = SiloOption();
    private readonly Option<string?> _misses = new("--misses") { Description = "A file for every miss; else the first of them are printed.", HelpName = "file" };
    private readonly Terminal _terminal;
    private readonly bool _isAll;

    public ControlBenchCommand(Terminal terminal, bool isAll)
        : base(
            terminal,
            isAll ? "all" : "control",
            isAll ? "Everything: kernels, batching, overhead, costs, and control with training."
                : "From a sensor's message to the command that answers it, in an open loop, corrected for coordinated omission.")
    {
        (_terminal, _isAll) = (terminal, isAll);
        Option[] options = [_rate, _machines, _duration, _deadline, .. isAll ? Array.Empty<Option>() : [_training], _silo, _misses];
        foreach (var option in options)
        {
            Options.Add(option);
        }
    }

    protected override void Check(ParseResult parsed) => BenchSilo.Find(parsed.GetValue(_silo));

    protected override async Task MeasureAsync(ParseResult parsed, BenchReport report, CancellationToken cancellationToken)
    {
        var silo = BenchSilo.Find(parsed.GetValue(_silo));
        if (_isAll)
        {
            await KernelBench.MeasureAsync(report, cancellationToken);
            await BatchingBench.MeasureAsync(report, cancellationToken);
            var grid = new GridBench(silo);
            await grid.BatchingAsync(report, cancellationToken);
            await grid.OverheadAsync(report, cancellationToken);
            await CostBench.MeasureAsync(report, cancellationToken);
            await grid.CostsAsync(report, cancellationToken);
        }

        var load = new ControlLoad(parsed.GetValue(_rate), parsed.GetValue(_machines), parsed.GetValue(_deadline));
        var withTraining = _isAll || parsed.GetValue(_training);
        await new ControlBench(silo, load, parsed.GetValue(_duration), withTraining, parsed.GetValue(_misses), _terminal).RunAsync(report, cancellationToken);
    }

    private static Option<int> Whole(string name, string description, int standard, int minimum, int maximum)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard, HelpName = "n" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < minimum || value > maximum))
            {
                result.AddError($"{name} is {value}; expected {minimum} to {maximum}.");
            }
        });
        return option;
    }
}
