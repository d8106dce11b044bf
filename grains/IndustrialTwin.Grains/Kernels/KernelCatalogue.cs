using System.Collections.Frozen;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Devices;
using IndustrialTwin.Keys;
using IndustrialTwin.Operations;
using IndustrialTwin.Work;

namespace IndustrialTwin.Kernels;

/// <summary>All that the silo's devices can be asked for: a binding a type of request.</summary>
public sealed class KernelCatalogue
{
    private const int NameLengthMax = 32;

    private readonly FrozenDictionary<Type, KernelBinding> _ofRequest;
    private readonly FrozenDictionary<string, KernelBinding> _ofName;

    /// <summary>Makes the catalogue.</summary>
    /// <param name="bindings">The bindings, each of a type of request and a name that no other has.</param>
    /// <exception cref="ArgumentException">A name cannot stand in a key, or two bindings have one type of request or one name; the message names them.</exception>
    public KernelCatalogue(IEnumerable<KernelBinding> bindings)
    {
        Bindings = [.. bindings];
        foreach (var binding in Bindings)
        {
            // Kernels' names stand in the keys of queues, and what follows the first dot is the shape.
            if (binding.Name.Contains('.', StringComparison.Ordinal) || KeyPath.Fault(binding.Name, 1) is not null || binding.Name.Length > NameLengthMax)
            {
                throw new ArgumentException(
                    $"{binding.GetType().FullName} has the name '{binding.Name}'; expected letters, digits and dashes, {NameLengthMax} at most.");
            }
        }

        Once(Bindings.GroupBy(binding => binding.RequestType.FullName!));
        Once(Bindings.GroupBy(binding => binding.Name));
        _ofRequest = Bindings.ToFrozenDictionary(binding => binding.RequestType);
        _ofName = Bindings.ToFrozenDictionary(binding => binding.Name);
    }

    /// <summary>The bindings.</summary>
    public IReadOnlyList<KernelBinding> Bindings { get; }

    /// <summary>The binding of a request.</summary>
    /// <exception cref="ArgumentException">Nothing registered computes its type; the message names what is registered.</exception>
    public KernelBinding BindingOf(ComputeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _ofRequest.TryGetValue(request.GetType(), out var binding)
            ? binding
            : throw new ArgumentException(
                $"No kernel computes a request of type {request.GetType().FullName}; registered are "
                + $"{string.Join(", ", Bindings.Select(known => known.RequestType.Name).Order())}. A silo learns another by AddKernel.",
                nameof(request));
    }

    /// <summary>The binding that a kernel's name belongs to, or null.</summary>
    public KernelBinding? BindingOf(string kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var dot = kernel.IndexOf('.', StringComparison.Ordinal);
        return _ofName.GetValueOrDefault(dot < 0 ? kernel : kernel[..dot]);
    }

    /// <summary>The request itself, or the kernel's own where it is one that names its kernel.</summary>
    /// <exception cref="ArgumentException">There is no such kernel, or it does not take this.</exception>
    public ComputeRequest Resolve(ComputeRequest request) => request is not WindowsRequest windows
        ? request
        : _ofName.TryGetValue(windows.Kernel, out var binding)
            ? binding.RequestOf(windows)
            : throw new ArgumentException($"There is no kernel '{windows.Kernel}'; this silo has {string.Join(", ", _ofName.Keys.Order())}.", nameof(request));

    /// <summary>What a request asks of a device.</summary>
    /// <exception cref="ArgumentException">No kernel computes it, or it holds nothing.</exception>
    public KernelDemand DemandOf(ComputeRequest request) => request is ReferredRequest referred
        ? new KernelDemand(referred.Kernel, referred.Units, 0, IsBatched: true, BindingOf(referred.Kernel)?.IsSliced ?? false)
        : BindingOf(request).DemandOf(request);

    /// <summary>Refuses what no device would take, before it waits anywhere. A payload elsewhere was checked at the node that keeps it.</summary>
    /// <exception cref="ArgumentException">Names the field, the value and what was expected.</exception>
    public void Validate(ComputeRequest request)
    {
        if (request is not ReferredRequest)
        {
            BindingOf(request).Validate(request);
        }
    }

    /// <summary>Runs a request on a device; where that has no form for it, on the first of the others that has.</summary>
    internal Task<ComputeReply> RunAsync(
        IComputeDevice device, IEnumerable<IComputeDevice> others, ComputeRequest request, JobOptions options, CancellationToken cancellationToken)
    {
        var binding = BindingOf(request);
        var operation = binding.OperationOf(request);
        return binding.RunAsync(device.Description.CanRun(operation) ? device : StandInOf(device, others, operation), request, options, cancellationToken);
    }

    private static IComputeDevice StandInOf(IComputeDevice device, IEnumerable<IComputeDevice> others, Operation operation) =>
        others.FirstOrDefault(other => other.Description.CanRun(operation)) ?? device;

    private static void Once(IEnumerable<IGrouping<string, KernelBinding>> groups)
    {
        if (groups.FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException(
                $"'{twice.Key}' has the bindings {string.Join(" and ", twice.Select(binding => binding.GetType().FullName))}; expected one.");
        }
    }
}
