using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Deque.AxeCore.Commons;
using PuppeteerSharp;

namespace IndustrialTwin.Browser;

/// <summary>The page in a real, headless browser with a profile of its own.</summary>
internal sealed class ChromiumPage : IAsyncDisposable
{
    private const int PatienceMs = 30_000;

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--disable-dev-shm-usage", "--lang=en",
    ];

    private readonly DirectoryInfo _profile;
    private readonly IBrowser _browser;
    private readonly IPage _page;
    private readonly ConcurrentQueue<string> _complaints = new();

    private ChromiumPage(DirectoryInfo profile, IBrowser browser, IPage page)
    {
        (_profile, _browser, _page) = (profile, browser, page);
        page.Console += (_, e) =>
        {
            if (e.Message.Type is ConsoleType.Error or ConsoleType.Warning)
            {
                _complaints.Enqueue($"{e.Message.Type}: {e.Message.Text}");
            }
        };
        page.PageError += (_, e) => _complaints.Enqueue($"uncaught: {e.Message}");
    }

    /// <summary>What the browser's console holds against the page: errors, warnings, refused policies, uncaught faults.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public static async Task<ChromiumPage> OpenAsync(Uri address, int width = 1400, int height = 900, bool isDark = false)
    {
        var chromium = Environment.GetEnvironmentVariable("CHROMIUM") ?? Places.FirstOrDefault(File.Exists);
        if (chromium is null)
        {
            Xunit.Assert.Skip("Chromium is not installed (Debian: apt-get install chromium), and CHROMIUM names none.");
        }

        var profile = Directory.CreateTempSubdirectory("itwin-chromium-");
        var browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = chromium, Headless = true, UserDataDir = profile.FullName, Args = Arguments, Timeout = PatienceMs,
        });
        var page = await browser.NewPageAsync();
        page.DefaultTimeout = PatienceMs;
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = height, IsMobile = width < 600 });
        await page.EmulateMediaFeaturesAsync(
        [
            new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = isDark ? "dark" : "light" },
            new MediaFeatureValue { MediaFeature = MediaFeature.PrefersReducedMotion, Value = "reduce" },
        ]);
        var opened = new ChromiumPage(profile, browser, page);
        await page.GoToAsync(address.AbsoluteUri, new NavigationOptions { WaitUntil = [WaitUntilNavigation.DOMContentLoaded], Timeout = PatienceMs });
        return opened;
    }

    /// <summary>Goes to a view by its address, as a press on a link does.</summary>
    public Task GoAsync(string hash) => _page.EvaluateFunctionAsync("hash => { location.hash = hash; }", hash);

    /// <summary>Waits for an element with a text, and fails with what the page shows instead.</summary>
    public async Task SeesAsync(string selector, string text)
    {
        var waited = Stopwatch.StartNew();
        while (!await ShowsAsync(selector, text))
        {
            if (waited.ElapsedMilliseconds > PatienceMs)
            {
                Xunit.Assert.Fail($"No {selector} with '{text}'. The page shows: {await _page.EvaluateExpressionAsync<string>("document.body.innerText")}");
            }

            await Task.Delay(50);
        }
    }

    public Task<bool> HasAsync(string selector) => _page.EvaluateFunctionAsync<bool>("selector => document.querySelector(selector) !== null", selector);

    public Task<string> TextAsync(string selector) => _page.EvaluateFunctionAsync<string>("selector => document.querySelector(selector)?.textContent ?? ''", selector);

    public async Task PressAsync(string selector)
    {
        await _page.WaitForSelectorAsync(selector);
        await _page.ClickAsync(selector);
    }

    public Task TypeAsync(string text) => _page.Keyboard.TypeAsync(text);

    public Task KeyAsync(string key) => _page.Keyboard.PressAsync(key);

    /// <summary>What has the focus, as a person would name it.</summary>
    public Task<string> FocusAsync() => _page.EvaluateExpressionAsync<string>(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()");

    /// <summary>How far the page is wider than its window, pixels.</summary>
    public Task<int> OverhangAsync() => _page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    /// <summary>What axe-core finds against WCAG 2.2 A and AA, a line each.</summary>
    public async Task<string[]> BarriersAsync()
    {
        await _page.EvaluateExpressionAsync($"{new BundledAxeScriptProvider().GetScript()};0");
        var found = await _page.EvaluateFunctionAsync<JsonElement>(
            """
            async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations
              .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html} ${node.any[0]?.message ?? ''}`))
            """);
        return [.. found.EnumerateArray().Select(line => line.GetString()!)];
    }

    public Task ScreenshotAsync(string file) => _page.ScreenshotAsync(file, new ScreenshotOptions { FullPage = true });

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        await Grid.Patience.UntilAsync(TryDelete, "the browser's profile can be deleted");
    }

    private async Task<bool> ShowsAsync(string selector, string text)
    {
        try
        {
            return await _page.EvaluateFunctionAsync<bool>(
                "(selector, text) => [...document.querySelectorAll(selector)].some(one => one.textContent.includes(text))", selector, text);
        }
        catch (Exception fault) when (fault is PuppeteerException or ObjectDisposedException)
        {
            // The document was replaced by the next one meanwhile, such as by signing in.
            return false;
        }
    }

    private bool TryDelete()
    {
        try
        {
            _profile.Delete(recursive: true);
            return true;
        }
        catch (IOException)
        {
            // The browser's last process is still writing.
            return false;
        }
    }
}
