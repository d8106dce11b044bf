using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Grid;

/// <summary>Keeps what IndustrialTwin's own classes log.</summary>
public sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text, Exception? Fault)> _lines = new();

    /// <summary>The lines of warning and above, oldest first.</summary>
    public IReadOnlyList<(LogLevel Level, string Text, Exception? Fault)> Warnings => [.. _lines.Where(line => line.Level >= LogLevel.Warning)];

    public ILogger CreateLogger(string categoryName) => new Category(categoryName.StartsWith("IndustrialTwin", StringComparison.Ordinal) ? _lines : []);

    public void Dispose()
    {
    }

    private sealed class Category(ConcurrentQueue<(LogLevel Level, string Text, Exception? Fault)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((logLevel, formatter(state, exception), exception));
    }
}
