using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Bench;

/// <summary>
/// <c>itwin bench control</c>: the way from a sensor's message to the command that answers it, with and without training on the same
/// device, and beside it the same with devices that take what comes in the order it comes.
/// </summary>
internal sealed class ControlBenchCommand : Command
{
    private readonly Option<int> _rate = Whole("--rate", "Messages a second, all machines together, 10 to 20,000.", 1_000, 10, 20_000);
    private readonly Option<int> _machines = Whole("--machines", "Machines that send them, 1 to 1,000.", 50, 1, 1_000);
    private readonly Option<TimeSpan> _duration = TimeOption.Create("--duration", "How long the loop runs beside training; the other parts take a quarter of it each.", TimeSpan.FromMinutes(1));
    private readonly Option<TimeSpan> _deadline = TimeOption.Create("--deadline", "How old a message may be when its command leaves.", TimeSpan.FromMilliseconds(5));
    private readonly Option<bool> _training = new("--with-training") { Description = "Trains a model on the same device meanwhile, without a pause." };
    private readonly Option<string?> _silo = new("--silo") { Description = "The silo to measure: its IndustrialTwin.Silo.dll. Where left out, the one of this checkout.", HelpName = "dll" };
    private readonly Option<string?> _misses = new("--misses") { Description = "A file for every miss; else the first of them are printed.", HelpName = "file" };

    public ControlBenchCommand(Terminal terminal)
        : base("control", "From a sensor's message to the command that answers it, in an open loop, corrected for coordinated omission.")
    {
        Option[] options = [_rate, _machines, _duration, _deadline, _training, _silo, _misses];
        foreach (var option in options)
        {
            Options.Add(option);
        }

        SetAction(async (parsed, cancellationToken) =>
        {
            var load = new ControlLoad(parsed.GetValue(_rate), parsed.GetValue(_machines), parsed.GetValue(_deadline));
            var bench = new ControlBench(
                BenchSilo.Find(parsed.GetValue(_silo)), load, parsed.GetValue(_duration), parsed.GetValue(_training), parsed.GetValue(_misses), terminal);
            await bench.RunAsync(cancellationToken);
            return ExitCode.Done;
        });
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
