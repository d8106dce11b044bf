using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IndustrialTwin.Devices;
using IndustrialTwin.Drivers;

namespace IndustrialTwin.Certification;

/// <summary>Finds out whether a driver does all that a silo relies on. A driver is certified when nothing of it failed.</summary>
public sealed class DriverCertification
{
    private static readonly TimeSpan OpenMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CheckMax = TimeSpan.FromMinutes(2);
    private readonly NamedDriver _driver;
    private readonly SocketOptions? _socket;
    private readonly DriverProcess? _process;

    /// <summary>Certifies a driver in another process.</summary>
    /// <param name="socket">Where it listens.</param>
    /// <param name="process">The process, so that it can be killed and started again; it is started by the certification. Null where it runs already.</param>
    public DriverCertification(SocketOptions socket, DriverProcess? process = null)
    {
        (_driver, _socket, _process) = (new NamedDriver("certified-0", new SocketDriver(socket)), socket, process);
    }

    /// <summary>Certifies a driver in this process.</summary>
    /// <param name="driver">The driver.</param>
    public DriverCertification(DeviceDriver driver) => _driver = new NamedDriver("certified-0", driver);

    /// <summary>Checks everything, and tells each finding as it comes. A driver that does not open has one finding.</summary>
    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (await StartedAsync(cancellationToken).ConfigureAwait(false) is { } failure)
        {
            yield return new Finding("starts", Verdict.Failed, failure);
            yield break;
        }

        var options = new DeviceOptions { RebuildInterval = TimeSpan.FromMilliseconds(100), RebuildIntervalMax = TimeSpan.FromSeconds(1) };
        await using var device = await DeviceDiscovery.OpenDriverAsync(_driver, options).ConfigureAwait(false);
        var opened = await OpenedAsync(device, cancellationToken).ConfigureAwait(false);
        yield return opened;
        if (opened.Verdict != Verdict.Passed)
            yield break;
        using var socket = _socket is null ? null : new SocketChecks(_socket, device.Description);
        foreach (var check in ChecksOf(device, socket))
            yield return await FindAsync(check, cancellationToken).ConfigureAwait(false);
    }

    private IEnumerable<Check> ChecksOf(IComputeDevice device, SocketChecks? socket) =>
    [
        .. AgreementChecks.Of(device),
        .. new DeviceChecks(_driver, device, ProcessId).All(),
        .. socket?.All() ?? [],
        .. _socket is null ? (IEnumerable<Check>)[] : [RestartCheck.Of(device, _process)],
    ];

    private async Task<string?> StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_process is not null)
                await _process.StartAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (DriverException error)
        {
            return error.Message;
        }
    }

    private static async Task<Finding> OpenedAsync(IComputeDevice device, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (!device.Status.IsHealthy && Stopwatch.GetElapsedTime(start) < OpenMax && device.Status.LastError is null)
            await Task.Delay(10, cancellationToken).ConfigureAwait(false);
        var (described, status) = (device.Description, device.Status);
        return status.IsHealthy
            ? new Finding(
                "describes itself",
                Verdict.Passed,
                $"{described.Kind}, {described.Name}: {string.Join(", ", described.Operations?.Order() ?? (IEnumerable<string>)["what the operations have forms for"])}")
            : new Finding("opens", Verdict.Failed, status.LastError ?? $"it does not open within {OpenMax.TotalSeconds} s");
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a driver brings a check to throw is a finding about the driver.")]
    private static async Task<Finding> FindAsync(Check check, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CheckMax);
        try
        {
            return new Finding(check.Subject, Verdict.Passed, await check.RunAsync(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false));
        }
        catch (CheckException error)
        {
            return new Finding(check.Subject, error.Verdict, error.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Finding(check.Subject, Verdict.Failed, $"it is not done within {CheckMax.TotalMinutes} min");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new Finding(check.Subject, Verdict.Failed, error.Message);
        }
    }

    private int? ProcessId()
    {
        if (_socket is null)
            return Environment.ProcessId;
        if (_process is not null)
            return _process.ProcessId;
        using var connection = new DriverConnection(_socket);
        connection.Describe();
        return connection.ProcessId;
    }
}
