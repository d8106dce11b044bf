using IndustrialTwin.Keys;
using IndustrialTwin.Operations.Models;
using Microsoft.Extensions.DependencyInjection;

namespace IndustrialTwin.Kernels;

/// <summary>Tells a silo what its devices can be asked for.</summary>
public static class KernelHosting
{
    /// <summary>
    /// Adds a kernel of your own. Each silo of a cluster must know it, since each may have the queue and each device may be asked.
    /// </summary>
    /// <typeparam name="TBinding">Ties your type of request to your operation.</typeparam>
    public static ISiloBuilder AddKernel<TBinding>(this ISiloBuilder silo)
        where TBinding : KernelBinding
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddSingleton<KernelBinding, TBinding>();
        return silo;
    }

    /// <summary>The same of a binding that is made already.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="binding">Ties your type of request to your operation.</param>
    public static ISiloBuilder AddKernel(this ISiloBuilder silo, KernelBinding binding)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(binding);
        silo.Services.AddSingleton(binding);
        return silo;
    }

    /// <summary>Adds a trained model, to be asked by its name. Each silo of a cluster must have the same.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="ArgumentException">Its name cannot stand in a key.</exception>
    public static ISiloBuilder AddModel(this ISiloBuilder silo, OnnxModel model)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(model);
        if (KeyPath.Fault($"{ModelBinding.Prefix}.{model.Name}", 1) is { } fault)
        {
            throw new ArgumentException($"A model has the name '{model.Name}', which cannot stand in a queue's key: {fault}.", nameof(model));
        }

        silo.Services.AddSingleton(model);
        return silo;
    }

    /// <summary>Adds the product's own kernels, all operations of the kernel catalogue, and the catalogue itself.</summary>
    internal static ISiloBuilder AddKernelCatalogue(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<KernelCatalogue>();
        return silo
            .AddKernel<WindowStatisticsBinding>()
            .AddKernel<PowerSpectrumBinding>()
            .AddKernel<SlidingStatisticsBinding>()
            .AddKernel<SlidingSpectrumBinding>()
            .AddKernel<EnvelopeBinding>()
            .AddKernel<RollingBinding>()
            .AddKernel<ExponentialBinding>()
            .AddKernel<MatrixProfileBinding>()
            .AddKernel<HotellingFitBinding>()
            .AddKernel<HotellingScoreBinding>()
            .AddKernel<LikelihoodBinding>()
            .AddKernel<ForecastFitBinding>()
            .AddKernel<ForecastBinding>()
            .AddKernel<AutoencoderTrainBinding>()
            .AddKernel<AutoencoderScoreBinding>()
            .AddKernel<ConvolutionBinding>()
            .AddKernel<TemplateDifferenceBinding>()
            .AddKernel<MatrixProductBinding>()
            .AddKernel<DegradationBinding>()
            .AddKernel<LineWhatIfBinding>()
            .AddKernel<AggregationBinding>()
            .AddKernel<ModelBinding>();
    }
}
