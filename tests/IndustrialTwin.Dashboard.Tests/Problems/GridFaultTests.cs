using System.Net;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Dashboard;
using IndustrialTwin.Grid;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Problems;

/// <summary>What a client sees of a grid that cannot answer.</summary>
public sealed class GridFaultTests
{
    public static TheoryData<string, HttpStatusCode> Faults => new()
    {
        { nameof(TimeoutException), HttpStatusCode.GatewayTimeout },
        { nameof(LogUnavailableException), HttpStatusCode.ServiceUnavailable },
        { nameof(AcceleratorOfflineException), HttpStatusCode.ServiceUnavailable },
        { nameof(OrleansException), HttpStatusCode.ServiceUnavailable },
        { nameof(OperationCanceledException), HttpStatusCode.ServiceUnavailable },
        { nameof(InvalidOperationException), HttpStatusCode.InternalServerError },
    };

    [Fact]
    public async Task A_fault_of_the_grid_is_a_problem_and_one_sentence_in_the_log()
    {
        await using var host = await DashboardHost.StartAsync();
        foreach (var (name, status) in Faults.Select(row => row.Data))
        {
            host.Plant.Faults[Example.Press] = () => Fault(name);
            var before = host.Log.Warnings.Count;
            using var answer = await host.Http.GetAsync(HttpAnswers.Relative($"/api/v1/machines/{Example.Press}"));
            var problem = await answer.ProblemAsync(status);
            Assert.Equal(("grid", true), (problem.Field, problem.Expected.StartsWith("an answer", StringComparison.Ordinal)));

            // What may happen is worth a sentence; what must not happen is worth its stack.
            var line = Assert.Single(host.Log.Warnings.Skip(before));
            Assert.Equal(status == HttpStatusCode.InternalServerError, line.Fault is not null);
            Assert.Equal(status != HttpStatusCode.InternalServerError, answer.Headers.RetryAfter is not null);
            Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_twin_that_does_not_answer_costs_its_time_limit_only()
    {
        await using var host = await DashboardHost.StartAsync(configure: options => options.CallTimeout = TimeSpan.FromMilliseconds(200));
        host.Plant.Slow[Example.Press] = TimeSpan.FromSeconds(3);
        var problem = await host.Http.ProblemAsync($"/api/v1/machines/{Example.Press}", HttpStatusCode.GatewayTimeout);
        Assert.Equal($"/api/v1/machines/{Example.Press}", problem.Asset);
    }

    [Fact]
    public async Task A_site_that_does_not_answer_does_not_spoil_the_others()
    {
        await using var host = await DashboardHost.StartAsync();
        host.Plant.Faults["wuhan"] = () => new TimeoutException();
        host.Plant.Faults["edge-wuhan-2/cuda-0"] = () => new AcceleratorOfflineException("gone");
        var sites = await host.Http.JsonAsync("/api/v1/sites");
        Assert.Equal("leipzig", Assert.Single(sites.GetProperty("sites").EnumerateArray()).GetProperty("site").GetString());
        Assert.Equal("wuhan", Assert.Single(sites.GetProperty("unreachable").EnumerateArray()).GetProperty("asset").GetString());
        var alarms = await host.Http.JsonAsync("/api/v1/alarms");
        Assert.Equal("wuhan", Assert.Single(alarms.GetProperty("unreachable").EnumerateArray()).GetProperty("asset").GetString());
        Assert.NotEqual(0, alarms.GetProperty("alarms").GetArrayLength());
        var accelerators = await host.Http.JsonAsync("/api/v1/accelerators");
        Assert.Equal(3, accelerators.GetProperty("accelerators").GetArrayLength());
        Assert.Equal("The accelerator is offline", Assert.Single(accelerators.GetProperty("unreachable").EnumerateArray()).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData(0, 64, "LiveClientsMax")]
    [InlineData(256, 10_001, "WatchedMachinesMax")]
    public async Task A_limit_out_of_its_range_stops_the_host_from_starting(int clients, int machines, string field)
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => DashboardHost.StartAsync(
            configure: options => (options.LiveClientsMax, options.WatchedMachinesMax) = (clients, machines)));
        Assert.Contains($"{DashboardOptions.Section}:{field}", fault.Message);
        Assert.Contains("expected 1 to 10000", fault.Message);
    }

    private static Exception Fault(string name) => name switch
    {
        nameof(TimeoutException) => new TimeoutException("secret"),
        nameof(LogUnavailableException) => new LogUnavailableException("secret"),
        nameof(AcceleratorOfflineException) => new AcceleratorOfflineException("secret"),
        nameof(OrleansException) => new OrleansException("secret"),
        nameof(OperationCanceledException) => new OperationCanceledException("secret"),
        _ => new InvalidOperationException("secret"),
    };
}
