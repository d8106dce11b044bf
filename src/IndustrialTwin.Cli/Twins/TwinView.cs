using System.Runtime.CompilerServices;

namespace IndustrialTwin.Twins;

/// <summary>A twin of whatever noun, as far as looking at it goes.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Read">Asks for its snapshot.</param>
/// <param name="Follow">Its snapshots now and whenever it changes, at most one in an interval.</param>
internal sealed record TwinView(string Key, Func<Task<object>> Read, Func<TimeSpan, CancellationToken, IAsyncEnumerable<object>> Follow)
{
    /// <summary>A twin that tells of its changes.</summary>
    public static TwinView Of<T>(string key, Func<Task<T>> read, Func<TimeSpan, CancellationToken, IAsyncEnumerable<T>> watch)
        where T : class => new(key, async () => await read(), watch);

    /// <summary>A twin that has to be asked again.</summary>
    public static TwinView Of<T>(string key, Func<Task<T>> read)
        where T : class => new(key, async () => await read(), (interval, cancellationToken) => PollAsync(read, interval, cancellationToken));

    private static async IAsyncEnumerable<object> PollAsync<T>(
        Func<Task<T>> read, TimeSpan interval, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            yield return await read();
            await Task.Delay(interval, cancellationToken);
        }
    }
}
