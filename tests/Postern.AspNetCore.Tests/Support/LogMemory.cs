using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Postern.AspNetCore.Tests.Support;

/// <summary>Keeps what is logged, one line each.</summary>
internal sealed class LogMemory : ILoggerProvider
{
    public ConcurrentQueue<(string Category, LogLevel Level, EventId Event, string Text)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogMemory memory, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            memory.Lines.Enqueue((category, logLevel, eventId, formatter(state, exception) + exception));
    }
}
