using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Narration;

/// <summary>
/// Writes log records for people who run a plant: the time, what happened in one line, and of an exception what it says. Stack traces
/// and categories go out over OTLP; <c>Logging:Console:FormatterName</c> set to <c>json</c> or <c>simple</c> brings them to the console.
/// </summary>
internal sealed class PlainConsole(TimeProvider clock, IOptions<PlainConsoleOptions> options) : ConsoleFormatter(FormatterName)
{
    /// <summary>The value of <c>Logging:Console:FormatterName</c> that chooses it.</summary>
    public const string FormatterName = "plain";

    private static readonly string[] Runtime = ["Orleans", "Polly"];

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        // While a silo stops, its runtime finds no place for twins any more and says so at length. It is what was asked for.
        var category = logEntry.Category;
        if (options.Value.IsStopping() && logEntry.LogLevel < LogLevel.Critical && Runtime.Any(name => category.StartsWith(name, StringComparison.Ordinal)))
        {
            return;
        }

        textWriter.Write(clock.GetLocalNow().ToString("HH:mm:ss  ", System.Globalization.CultureInfo.InvariantCulture));
        textWriter.Write(logEntry.LogLevel switch
        {
            LogLevel.Warning => "WARNING  ",
            LogLevel.Error or LogLevel.Critical => "ERROR  ",
            _ => string.Empty,
        });
        textWriter.Write(Line(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        for (var fault = logEntry.Exception; fault is not null; fault = fault.InnerException)
        {
            textWriter.Write($" ({fault.GetType().Name}: {Line(fault.Message)})");
        }

        textWriter.WriteLine();
    }

    private static string Line(string text) => text.ReplaceLineEndings(" ");
}

/// <summary>What the console has to know of its host.</summary>
internal sealed class PlainConsoleOptions : ConsoleFormatterOptions
{
    /// <summary>Whether the host is stopping.</summary>
    public Func<bool> IsStopping { get; set; } = () => false;
}
