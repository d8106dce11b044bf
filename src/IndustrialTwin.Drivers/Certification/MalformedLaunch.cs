using Google.Protobuf;
using Google.Protobuf.Collections;
using IndustrialTwin.Protocol;

namespace IndustrialTwin.Certification;

/// <summary>A launch that no driver may compute.</summary>
/// <param name="What">What is wrong with it.</param>
/// <param name="Of">Makes it of one that is right.</param>
internal sealed record MalformedLaunch(string What, Func<LaunchRequest, LaunchRequest> Of)
{
    public static IEnumerable<MalformedLaunch> All(IReadOnlySet<string> operations, int launchJobsMax)
    {
        yield return new("an operation that it does not have", request => With(request, () => request.Operation = operations.Contains("no-such") ? "no-such-2" : "no-such"));
        yield return new("a launch without jobs", request => With(request, request.Jobs.Clear));
        yield return new("more jobs than it takes", request => With(request, () => request.Jobs.AddRange(Enumerable.Repeat(request.Jobs[0], launchJobsMax).ToArray())));
        yield return new("a job without its last input", request => With(request, () => Inputs(request).RemoveAt(Inputs(request).Count - 1)));
        yield return new("an input too many", request => With(request, () => Inputs(request).Add(Inputs(request)[0].Clone())));
        yield return new("an input of another name", request => With(request, () => First(request).Name = "no-such"));
        yield return new("an input of other elements", request => With(request, () => First(request).Element = Element.Int64));
        yield return new("an input of unspecified elements", request => With(request, () => First(request).Element = Element.Unspecified));
        yield return new("data a byte too short", request => With(request, () => First(request).Data = ByteString.CopyFrom(First(request).Data.Span[..^1])));
        yield return new("more data than extents", request => With(request, () => First(request).Data = ByteString.CopyFrom([.. First(request).Data.Span, .. new byte[8]])));
        yield return new("no data", request => With(request, () => First(request).Data = ByteString.Empty));
        yield return new("a negative extent", request => With(request, () => First(request).Extents[0] = -First(request).Extents[0]));
        yield return new("extents whose product is too large for 64 bits", request => With(request, () => SetAll(First(request), 1L << 40)));
        yield return new("extents whose product is 0 in 64 bits", request => With(request, () => (SetAll(First(request), 1L << 32), First(request).Data = ByteString.Empty)));
        yield return new("an extent too few", request => With(request, () => First(request).Extents.RemoveAt(0)));
    }

    private static RepeatedField<NamedArray> Inputs(LaunchRequest request) => request.Jobs[0].Inputs;

    private static NamedArray First(LaunchRequest request) => request.Jobs[0].Inputs[0];

    private static NamedArray SetAll(NamedArray array, long extent)
    {
        for (var i = 0; i < array.Extents.Count; i++)
            array.Extents[i] = extent;
        return array;
    }

    private static LaunchRequest With(LaunchRequest request, Action change)
    {
        change();
        return request;
    }

    private static LaunchRequest With<T>(LaunchRequest request, Func<T> change)
    {
        change();
        return request;
    }
}
