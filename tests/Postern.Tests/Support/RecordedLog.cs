using Microsoft.Extensions.Logging;

namespace Postern.Tests.Support;

/// <summary>Keeps the log's events in memory.</summary>
internal sealed class RecordedLog : ILoggerFactory, ILogger
{
    private readonly List<(int Id, string Text)> _events = [];

    public int Count(int id)
    {
        lock (_events) return _events.Count(entry => entry.Id == id);
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_events) _events.Add((eventId.Id, formatter(state, exception)));
    }
}
