using IndustrialTwin.Audit;
using IndustrialTwin.Identities;
using IndustrialTwin.Samples;
using IndustrialTwin.Starting;

namespace IndustrialTwin.Kernels;

/// <summary>
/// Tells at the start which kernels were loaded and out of which bytes, and, where one has to sign in, writes it to the audit log: before
/// the silo takes requests, so that nothing computes that is not in it.
/// </summary>
internal sealed partial class KernelReport(
    KernelShelf shelf, IServiceProvider services, IAccess access, IAuditLog audit, TimeProvider clock, ILogger<KernelReport> logger) : IHostedService
{
    private const int DetailLengthMax = 1_024;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Check();
        foreach (var loaded in shelf.Loaded)
        {
            foreach (var binding in loaded.Bindings)
            {
                var detail = $"{binding.GetType().FullName} of {loaded.File.Name.Name} {loaded.File.Name.Version}, SHA-256 {loaded.File.Sha256}"
                    + string.Concat(loaded.Libraries.Select(library => $", with {library.Name.Name} {library.Name.Version}, SHA-256 {library.Sha256}"));
                LogLoaded(binding.Name, loaded.File.Path, detail);
                if (access.IsRequired)
                {
                    await WriteAsync(binding.Name, detail, cancellationToken);
                }
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whether all kernels, the product's among them, go together.</summary>
    private void Check()
    {
        if (shelf.Loaded.Count == 0)
        {
            return;
        }

        try
        {
            services.GetRequiredService<KernelCatalogue>();
        }
        catch (ArgumentException fault)
        {
            var files = string.Join(", ", shelf.Loaded.Select(loaded => $"'{loaded.File.Path}'"));
            throw new StartException($"{KernelOptions.Section}:{nameof(KernelOptions.Assemblies)}: the kernels of {files} do not go together with the others: {fault.Message}", fault);
        }
    }

    private async Task WriteAsync(string kernel, string detail, CancellationToken cancellationToken)
    {
        var now = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        try
        {
            await audit.AppendAsync(
                new AuditEvent(
                    now, $"silo on {Environment.MachineName}", "kernel", kernel, AuditOutcome.Allowed,
                    detail.Length <= DetailLengthMax ? detail : detail[..DetailLengthMax]),
                cancellationToken);
        }
        catch (LogUnavailableException fault)
        {
            throw new StartException($"The audit log could not take the kernel '{kernel}' ({fault.Message.TrimEnd('.')}), and no kernel is loaded that is not in it.", fault);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Kernel '{Kernel}' ({File}) is loaded: {Detail}", EventName = "KernelLoaded")]
    private partial void LogLoaded(string kernel, string file, string detail);
}
