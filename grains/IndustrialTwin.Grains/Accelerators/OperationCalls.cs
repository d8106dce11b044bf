using IndustrialTwin.Analyses;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Autoencoders;
using IndustrialTwin.Operations.Gaussian;
using IndustrialTwin.Operations.Hotelling;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;
using IndustrialTwin.Work;

namespace IndustrialTwin.Accelerators;

/// <summary>Brings requests as they cross a wire to the device's operations, and results back. Nothing is copied but results.</summary>
internal static class OperationCalls
{
    private static readonly int Statistics = Enum.GetValues<Statistic>().Length;

    public static Task<ComputeReply> RunAsync(IComputeDevice device, ComputeRequest request, JobOptions options, CancellationToken cancellationToken) =>
        request switch
        {
            WindowStatisticsRequest statistics =>
                RunAsync(device, WindowStatistics.Instance, Input(statistics), Values, options, cancellationToken),
            SpectrumRequest spectrum => RunAsync(
                device, PowerSpectrum.Instance, Input(spectrum), result => [.. result.BandEnergies.Select(energy => (double)energy)], options, cancellationToken),
            HotellingFitRequest fit => RunAsync(device, HotellingFit.Instance, Input(fit), Model, options, cancellationToken),
            HotellingScoreRequest score => RunAsync(device, HotellingScore.Instance, Input(score), scores => scores, options, cancellationToken),
            LikelihoodRequest likelihood =>
                RunAsync(device, GaussianLikelihood.Instance, Input(likelihood), scores => scores, options, cancellationToken),
            AutoencoderTrainRequest train => RunAsync(device, AutoencoderTrain.Instance, Input(train), Trained, options, cancellationToken),
            AutoencoderScoreRequest score =>
                RunAsync(device, AutoencoderScore.Instance, Input(score), errors => [.. errors.Select(error => (double)error)], options, cancellationToken),
            _ => throw Unknown(request),
        };

    /// <summary>Refuses what no device would take, before it waits anywhere.</summary>
    /// <exception cref="ArgumentException">Names the field, the value and what was expected.</exception>
    public static void Validate(ComputeRequest request)
    {
        switch (request)
        {
            case WindowStatisticsRequest statistics:
                WindowStatistics.Instance.Validate(Input(statistics));
                break;
            case SpectrumRequest spectrum:
                PowerSpectrum.Instance.Validate(Input(spectrum));
                break;
            case HotellingFitRequest fit:
                HotellingFit.Instance.Validate(Input(fit));
                break;
            case HotellingScoreRequest score:
                HotellingScore.Instance.Validate(Input(score));
                break;
            case LikelihoodRequest likelihood:
                GaussianLikelihood.Instance.Validate(Input(likelihood));
                break;
            case AutoencoderTrainRequest train:
                AutoencoderTrain.Instance.Validate(Input(train));
                break;
            case AutoencoderScoreRequest score:
                AutoencoderScore.Instance.Validate(Input(score));
                break;
            case ReferredRequest:
                break; // It was checked at the node that keeps it.
            default:
                throw Unknown(request);
        }
    }

    private static WindowBatch Input(WindowStatisticsRequest request) => new(request.Windows, request.WindowRows);

    private static SpectrumInput Input(SpectrumRequest request) => new(new WindowBatch(request.Windows, request.WindowRows), Layout(request));

    private static HotellingFitInput Input(HotellingFitRequest request) => new(new RowMatrix(request.Rows, request.Channels));

    private static HotellingScoreInput Input(HotellingScoreRequest request) => new(new RowMatrix(request.Rows, request.Model.Mean.Length), Model(request.Model));

    private static GaussianLikelihoodInput Input(LikelihoodRequest request) => new(
        request.Series, request.Origin, request.First, (int)(request.Origin + request.Series.Length - request.First), request.WindowRows, request.StepRows);

    private static AutoencoderTrainInput Input(AutoencoderTrainRequest request) => new(
        request.Start is { } start
            ? new TrainingState(new AutoencoderModel(Shape(start.Shape), start.Parameters), start.FirstMoments, start.SecondMoments, start.Step)
            : TrainingState.Start(AutoencoderModel.Create(Shape(request.Shape), request.Seed)),
        new WindowBatch(request.Rows, request.Start?.Shape.Channels ?? request.Shape.Channels),
        request.Steps,
        request.BatchRows,
        request.LearningRate,
        request.Seed);

    private static AutoencoderScoreInput Input(AutoencoderScoreRequest request) =>
        new(new WindowBatch(request.Rows, request.Shape.Channels), new AutoencoderModel(Shape(request.Shape), request.Parameters));

    private static AutoencoderShape Shape(AutoencoderShapeData shape) => new(shape.Channels, shape.Hidden, shape.Code);

    private static ComputeReply Trained(AutoencoderTrainResult result)
    {
        var (model, state) = (result.State.Model, result.State);
        return new ComputeReply(ComputeOutcome.Done, [result.Loss])
        {
            Autoencoder = new AutoencoderStateData(
                new AutoencoderShapeData(model.Shape.Channels, model.Shape.Hidden, model.Shape.Code),
                model.Parameters, state.FirstMoments, state.SecondMoments, state.Step, result.Loss),
        };
    }

    private static ArgumentException Unknown(ComputeRequest request) =>
        new($"No operation computes a request of type {request.GetType().Name}.", nameof(request));

    private static Task<ComputeReply> RunAsync<TInput, TResult>(
        IComputeDevice device, Operation<TInput, TResult> operation, TInput input, Func<TResult, double[]> values, JobOptions options, CancellationToken cancellationToken) =>
        RunAsync(device, operation, input, result => new ComputeReply(ComputeOutcome.Done, values(result)), options, cancellationToken);

    private static async Task<ComputeReply> RunAsync<TInput, TResult>(
        IComputeDevice device, Operation<TInput, TResult> operation, TInput input, Func<TResult, ComputeReply> reply, JobOptions options, CancellationToken cancellationToken)
    {
        var outcome = await device.RunAsync(operation, input, options, cancellationToken);
        var timing = outcome.Timing;
        var answer = outcome.Kind switch
        {
            JobOutcomeKind.Done => reply(outcome.Result!),
            JobOutcomeKind.Expired => new ComputeReply(ComputeOutcome.Expired, [], Detail: outcome.Reason),
            JobOutcomeKind.Refused => new ComputeReply(ComputeOutcome.Refused, [], Detail: outcome.Reason),
            _ => new ComputeReply(ComputeOutcome.Failed, [], Detail: outcome.Reason),
        };
        return answer with
        {
            QueueWaitMs = timing.QueueWait.TotalMilliseconds,
            LaunchMs = timing.LaunchDuration.TotalMilliseconds,
            LaunchJobs = timing.LaunchJobs,
        };
    }

    private static SpectrumLayout Layout(SpectrumRequest request) =>
        new(request.RateHz, [.. request.Bands.Select(band => new FrequencyBand(band.FromHz, band.ToHz))], isSpectrumIncluded: false);

    private static ComputeReply Model(HotellingModel model) => new(
        ComputeOutcome.Done, [],
        new HotellingModelData(model.Mean, model.Scale, model.InverseCovariance, model.Rows, model.Rank, model.UpperControlLimit));

    private static HotellingModel Model(HotellingModelData model) =>
        new(model.Mean, model.Scale, model.InverseCovariance, model.Rows, model.Rank, model.UpperControlLimit);

    private static double[] Values(WindowSummary[] windows)
    {
        var values = new double[windows.Length * Statistics];
        for (var i = 0; i < windows.Length; i++)
        {
            var (window, at) = (windows[i], i * Statistics);
            values[at + (int)Statistic.Mean] = window.Mean;
            values[at + (int)Statistic.StandardDeviation] = window.StandardDeviation;
            values[at + (int)Statistic.Minimum] = window.Min;
            values[at + (int)Statistic.Maximum] = window.Max;
            values[at + (int)Statistic.Rms] = window.Rms;
            values[at + (int)Statistic.Peak] = window.Peak;
            values[at + (int)Statistic.PeakToPeak] = window.PeakToPeak;
            values[at + (int)Statistic.CrestFactor] = window.CrestFactor;
            values[at + (int)Statistic.Skewness] = window.Skewness;
            values[at + (int)Statistic.Kurtosis] = window.Kurtosis;
        }

        return values;
    }
}
