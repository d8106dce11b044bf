using System.Reflection;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Devices;
using IndustrialTwin.Lines;
using IndustrialTwin.Work;

namespace IndustrialTwin.Protocols;

/// <summary>
/// The other grains as a twin's silo sees them. A work queue takes its time and answers, refuses, fails or never answers; what happens
/// inside the grid has a simulation of its own.
/// </summary>
internal static class SimulatedGrains
{
    private const long AnswerUsMax = 100_000;

    public static IGrainFactory Of(World world, SimulatedSilo silo) => Stand.In<IGrainFactory>((method, _) =>
        method.ReturnType == typeof(IWorkQueueGrain)
            ? Stand.In<IWorkQueueGrain>((call, arguments) => call.Name == nameof(IWorkQueueGrain.Submit)
                ? SubmitAsync(world, silo, (ComputeRequest)arguments[0]!, (CancellationToken)arguments[1]!)
                : throw new NotSupportedException(call.Name))
            : method.ReturnType == typeof(ILineGrain)
                ? Stand.In<ILineGrain>((call, _) => call.Name == nameof(ILineGrain.Report) ? ReportAsync(world, silo) : throw new NotSupportedException(call.Name))
                : throw new NotSupportedException($"{method.Name} of {method.ReturnType.Name}"));

    private static async Task<ComputeReply> SubmitAsync(World world, SimulatedSilo silo, ComputeRequest request, CancellationToken cancellationToken)
    {
        await world.WaitAsync(world.Between(100, AnswerUsMax), silo, cancellationToken);
        if (world.Chance(silo.Hazards.ComputeNeverAnswers))
        {
            await Task.Delay(TimeSpan.FromDays(1), silo.Clock, cancellationToken);
        }

        if (world.Chance(silo.Hazards.ComputeFails))
        {
            return world.Random.Next(3) switch
            {
                0 => new ComputeReply(ComputeOutcome.Refused, [], Detail: "The run has a queue refuse."),
                1 => new ComputeReply(ComputeOutcome.Expired, [], Detail: "The run has a request expire."),
                _ => throw new TimeoutException("The run loses a queue."),
            };
        }

        return await SimulatedSilo.Catalogue.RunAsync(silo.Devices.ControlOrder[0], [], request, new JobOptions(), cancellationToken);
    }

    private static async Task ReportAsync(World world, SimulatedSilo silo)
    {
        await world.WaitAsync(world.Between(100, AnswerUsMax), silo);
        if (world.Chance(silo.Hazards.MessageLost))
        {
            throw new TimeoutException("The run loses a report.");
        }
    }
}

/// <summary>Stands in for an interface of which a run uses a method or two.</summary>
internal class Stand : DispatchProxy
{
    private Func<MethodInfo, object?[], object?> _answer = (_, _) => null;

    public static T In<T>(Func<MethodInfo, object?[], object?> answer)
        where T : class
    {
        var stand = Create<T, Stand>();
        ((Stand)(object)stand)._answer = answer;
        return stand;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!, args ?? []);
}
