using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace IndustrialTwin.Grid;

/// <summary>A client of the live updates.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    // Long, for a loaded machine; a test that waits so long fails.
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30));
    private readonly HttpResponseMessage _answer;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private LiveReader(HttpResponseMessage answer, Stream body)
    {
        _answer = answer;
        _items = SseParser.Create(body).EnumerateAsync(_patience.Token).GetAsyncEnumerator();
    }

    public HttpResponseMessage Answer => _answer;

    public static async Task<LiveReader> OpenAsync(HttpClient http, string path)
    {
        var answer = await http.GetAsync(HttpAnswers.Relative(path), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new LiveReader(answer, await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event, or null at the stream's end.</summary>
    public async Task<(string Kind, JsonElement Data)?> NextAsync() =>
        await _items.MoveNextAsync() ? (_items.Current.EventType, JsonSerializer.Deserialize<JsonElement>(_items.Current.Data)) : null;

    /// <summary>Reads on to an event of a kind that fits.</summary>
    public async Task<JsonElement> UntilAsync(string kind, Func<JsonElement, bool>? fits = null)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Kind == kind && fits?.Invoke(next.Data) != false)
            {
                return next.Data;
            }
        }

        throw new InvalidOperationException($"The stream ended before a fitting '{kind}' came.");
    }

    public async ValueTask DisposeAsync()
    {
        _answer.Dispose();
        try
        {
            await _items.DisposeAsync();
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The stream is closed already.
        }

        _patience.Dispose();
    }
}
