using System.Diagnostics.CodeAnalysis;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime.OpenCL;
using IndustrialTwin.Devices.Ilgpu;
using IndustrialTwin.Devices.Native;
using IndustrialTwin.Operations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IndustrialTwin.Devices;

/// <summary>
/// Finds and opens the devices of a machine, best first: those of named drivers, CUDA, else OpenCL GPUs, and always native ones. A device
/// is used only after it has computed a known result; why one is not used is logged.
/// </summary>
/// <param name="discovery">Which devices to open.</param>
/// <param name="device">The limits of each.</param>
/// <param name="time">The clock of deadlines and timings.</param>
/// <param name="logger">Where choices and failures are written.</param>
/// <param name="drivers">
/// Drivers of further devices, the preferred one first. Such a device is there at once and for good: while its driver is not, the first
/// native device stands in for it.
/// </param>
public sealed partial class DeviceDiscovery(
    DiscoveryOptions? discovery = null,
    DeviceOptions? device = null,
    TimeProvider? time = null,
    ILogger? logger = null,
    IEnumerable<NamedDriver>? drivers = null)
{
    private static readonly TimeSpan DriverPollInterval = TimeSpan.FromMilliseconds(10);

    private readonly NamedDriver[] _drivers = [.. drivers ?? []];
    private readonly DiscoveryOptions _discovery = discovery ?? DiscoveryOptions.Default;
    private readonly DeviceOptions _device = device ?? DeviceOptions.Default;
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ILogger _logger = logger ?? NullLogger.Instance;

    /// <summary>Opens one native device. It is always possible, and needs no probe.</summary>
    /// <param name="id">Its id on this node.</param>
    /// <param name="code">Vector code, or plain loops.</param>
    /// <param name="options">Limits; the default ones when null.</param>
    /// <param name="time">The clock of deadlines and timings; the system's when null.</param>
    /// <param name="logger">Where failures are written.</param>
    public static async Task<IComputeDevice> OpenNativeAsync(
        string id = "native-0",
        NativeCode code = NativeCode.Simd,
        DeviceOptions? options = null,
        TimeProvider? time = null,
        ILogger? logger = null)
    {
        var native = new NativeDevice(id, code, options ?? DeviceOptions.Default, time ?? TimeProvider.System, logger ?? NullLogger.Instance);
        await native.OpenAsync().ConfigureAwait(false);
        return native;
    }

    /// <summary>Opens the device of a driver alone, with nothing to stand in for it. It may not be healthy yet.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="options">Limits; the default ones when null.</param>
    /// <param name="time">The clock of deadlines and timings; the system's when null.</param>
    /// <param name="logger">Where failures are written.</param>
    public static async Task<IComputeDevice> OpenDriverAsync(
        NamedDriver driver, DeviceOptions? options = null, TimeProvider? time = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(driver);
        var driven = new DrivenDevice(driver, options ?? DeviceOptions.Default, time ?? TimeProvider.System, logger ?? NullLogger.Instance);
        await driven.OpenAsync().ConfigureAwait(false);
        return driven;
    }

    /// <summary>Opens what the machine has, best first. The caller disposes the devices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public async Task<IReadOnlyList<IComputeDevice>> OpenAsync(CancellationToken cancellationToken = default)
    {
        _discovery.Validate();
        _device.Validate();
        var open = new List<IComputeDevice>();
        try
        {
            if (_discovery.IsCudaAllowed)
                await OpenKindAsync("cuda", IlgpuHardware.Cuda, open, cancellationToken).ConfigureAwait(false);
            if (_discovery.IsOpenClAllowed && open.Count == 0)
            {
                await OpenKindAsync("opencl", index => IlgpuHardware.OpenCl(index, found => IsUsable(found, index == 0)), open, cancellationToken)
                    .ConfigureAwait(false);
            }

            for (var i = 0; i < _discovery.NativeDevices; i++)
                open.Add(await OpenNativeAsync($"native-{i}", NativeCode.Simd, _device, _time, _logger).ConfigureAwait(false));
            await OpenDriversAsync(open, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (var opened in open)
                await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        foreach (var opened in open)
            LogOpened(opened.Description.Id, opened.Description.Kind, opened.Description.Name);
        return open;
    }

    /// <summary>Opens the drivers' devices and gives each a moment to become healthy, so that a silo starts with what it will have.</summary>
    private async Task OpenDriversAsync(List<IComputeDevice> open, CancellationToken cancellationToken)
    {
        var standIn = open.First(native => native.Description.Kind == DeviceKind.NativeCpu);
        for (var i = 0; i < _drivers.Length; i++)
        {
            var driven = new DrivenDevice(_drivers[i], _device with { RebuildInterval = _discovery.DriverRetryInterval }, _time, _logger);
            open.Insert(i, new StandInDevice(driven, standIn));
            await driven.OpenAsync().ConfigureAwait(false);
        }

        var opening = open[.._drivers.Length];
        var start = _time.GetTimestamp();
        while (opening.Exists(driven => !driven.Status.IsHealthy) && _time.GetElapsedTime(start) < _discovery.DriverWaitMax)
            await Task.Delay(DriverPollInterval, _time, cancellationToken).ConfigureAwait(false);
        foreach (var broken in opening.FindAll(driven => !driven.Status.IsHealthy))
            LogDriverAbsent(broken.Description.Id, broken.Status.LastError ?? "it is being opened.");
    }

    /// <summary>Opens devices of one kind until there is no next one; one that fails its probe is left out and the next is tried.</summary>
    private async Task OpenKindAsync(
        string kind, Func<int, IlgpuHardware> hardware, List<IComputeDevice> open, CancellationToken cancellationToken)
    {
        for (var index = 0; index < _discovery.DevicesPerKindMax; index++)
        {
            var candidate = new IlgpuDevice($"{kind}-{index}", hardware(index), _device, _time, _logger);
            var failure = await FailureAsync(candidate, cancellationToken).ConfigureAwait(false);
            if (failure is null)
            {
                open.Add(candidate);
                continue;
            }

            await GiveUpAsync(candidate).ConfigureAwait(false);
            if (failure.IsAbsent)
            {
                if (index == 0)
                    LogAbsent(kind, failure.Reason);
                return;
            }

            LogNotUsed(candidate.Id, failure.Reason);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Drivers fail in ways of their own; each means that the device is not used.")]
    private async Task<Failure?> FailureAsync(IlgpuDevice candidate, CancellationToken cancellationToken)
    {
        try
        {
            await candidate.OpenAsync().WaitAsync(_discovery.ProbeTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (IlgpuDeviceAbsentException error)
        {
            return new Failure(error.Message, IsAbsent: true);
        }
        catch (Exception error) when (error is DllNotFoundException or NotSupportedException)
        {
            // No driver library, or one too old: there is no next device of this kind either.
            return new Failure(error.Message, IsAbsent: true);
        }
        catch (Exception error)
        {
            return new Failure(error.Message, IsAbsent: false);
        }

        try
        {
            var reason = await DeviceProbe.FailureAsync(candidate, cancellationToken)
                .WaitAsync(_discovery.ProbeTimeout, _time, cancellationToken).ConfigureAwait(false);
            return reason is null ? null : new Failure(reason, IsAbsent: false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await GiveUpAsync(candidate).ConfigureAwait(false);
            throw;
        }
        catch (Exception error)
        {
            return new Failure(error.Message, IsAbsent: false);
        }
    }

    /// <summary>Says why not only when the first index is tried; the same devices are seen again for the next.</summary>
    private bool IsUsable(CLDevice opencl, bool isLogged)
    {
        if ((opencl.DeviceType & CLDeviceType.CL_DEVICE_TYPE_GPU) == 0 && !_discovery.IsOpenClCpuAllowed)
        {
            if (isLogged)
                LogPassedOver(opencl.Name);
            return false;
        }

        if (opencl.CLStdVersion >= CLBackend.MinimumVersion && opencl.Capabilities.GenericAddressSpace)
            return true;
        if (isLogged)
            LogNotUsed(opencl.Name, $"ILGPU needs OpenCL C {CLBackend.MinimumVersion} with a generic address space; it has {opencl.CLStdVersion}.");
        return false;
    }

    /// <summary>A driver that hangs keeps its thread; discovery does not wait for it.</summary>
    private async Task GiveUpAsync(IlgpuDevice candidate)
    {
        var closed = candidate.DisposeAsync().AsTask();
        await Task.WhenAny(closed, Task.Delay(TimeSpan.FromSeconds(5), _time)).ConfigureAwait(false);
    }

    private sealed record Failure(string Reason, bool IsAbsent);

    [LoggerMessage(Level = LogLevel.Information, Message = "Device {Device} is open: {Kind}, {Name}.")]
    private partial void LogOpened(string device, DeviceKind kind, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Device} has no driver yet, and is tried again: {Reason}")]
    private partial void LogDriverAbsent(string device, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "No {Kind} device is used: {Reason}")]
    private partial void LogAbsent(string kind, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "OpenCL offers {Device}, which is no GPU: the native device is faster on a processor.")]
    private partial void LogPassedOver(string device);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Device} is not used: {Reason}")]
    private partial void LogNotUsed(string device, string reason);
}
