using System.Collections.Concurrent;
using System.Reflection;
using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Placement.Rebalancing;
using Xunit;

namespace IndustrialTwin.Hosting;

/// <summary>Twins that moved while the log was away stood still until it was back: none is moved meanwhile.</summary>
public class BalancingPauseTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task While_the_log_is_away_nothing_is_moved_and_that_is_said_again_and_again()
    {
        var health = new LogHealth(true, null);
        var pauses = new ConcurrentQueue<TimeSpan?>();
        using var first = new SemaphoreSlim(0);
        var services = new ServiceCollection();
#pragma warning disable ORLEANSEXP002 // As in the code under test.
        services.AddSingleton(Stand.In<IActivationRebalancer>((method, arguments) =>
        {
            Assert.Equal(nameof(IActivationRebalancer.SuspendRebalancing), method.Name);
            pauses.Enqueue((TimeSpan?)arguments[0]);
            first.Release();
            return pauses.Count == 1 ? throw new TimeoutException("Nobody answers.") : Task.CompletedTask;
        }));
#pragma warning restore ORLEANSEXP002
        await using var provider = services.BuildServiceProvider();
        using var pause = new BalancingPause(
            Stand.In<ISampleLog>((method, _) => method.Name == "get_Health" ? Volatile.Read(ref health) : throw new NotSupportedException(method.Name)),
            provider, TimeProvider.System, NullLogger<BalancingPause>.Instance);
        await pause.StartAsync(TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Empty(pauses);

        Volatile.Write(ref health, new LogHealth(false, "The test has it away."));
        Assert.True(await first.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.True(await first.WaitAsync(Patience, TestContext.Current.CancellationToken)); // Also where it could not be said at first.
        Assert.All(pauses, asked => Assert.InRange(asked!.Value, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1)));
        await pause.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Stands in for an interface of which the test uses a member or two.</summary>
#pragma warning disable CA1852 // It is given a subtype while it runs.
    private class Stand : DispatchProxy
#pragma warning restore CA1852
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
}
