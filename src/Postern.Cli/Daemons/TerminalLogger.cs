using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Postern.Cli.Terminal;

namespace Postern.Cli.Daemons;

/// <summary>One line an event: time in UTC, level, tunnel and number of the connection, message; or the same as a JSON object. What repeats itself too often is counted.</summary>
internal sealed class TerminalLogger(
    CommandTerminal terminal, string category, LogLevel least, bool json, string? tunnel, LoggerExternalScopeProvider scopes, LineRate rate) : ILogger
{
    public IDisposable BeginScope<TState>(TState state)
        where TState : notnull => scopes.Push(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        // Whoever wants to see every connection gets every line.
        long left = 0;
        if (logLevel > LogLevel.Debug && !rate.MayWrite(category, eventId, out left)) return;
        if (left > 0) Write(logLevel, eventId, $"{left} lines of this kind were left out: there were too many in a second", null, null);
        Write(logLevel, eventId, formatter(state, exception), least < LogLevel.Information ? exception?.ToString() : exception?.Message, ConnectionId());
    }

    private void Write(LogLevel level, EventId eventId, string message, string? error, long? connection)
    {
        string time = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
        terminal.WriteHint(json
            ? ToJson(time, level, eventId, message, error, connection)
            : $"{time} {NameOf(level),-7} {Origin(connection)}{message}{(error is null ? string.Empty : $": {error}")}");
    }

    private string Origin(long? connection) => (tunnel, connection) switch
    {
        (null, null) => string.Empty,
        (null, _) => $"[{connection}] ",
        (_, null) => $"[{tunnel}] ",
        _ => $"[{tunnel} {connection}] ",
    };

    private long? ConnectionId()
    {
        StrongBox<long?> id = new();
        scopes.ForEachScope(
            static (scope, found) =>
            {
                if (scope is IReadOnlyList<KeyValuePair<string, object?>> and [{ Key: "ConnectionId", Value: long value }]) found.Value = value;
            },
            id);
        return id.Value;
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private string ToJson(string time, LogLevel level, EventId eventId, string message, string? error, long? connection)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time);
            writer.WriteString("level", NameOf(level));
            writer.WriteNumber("event", eventId.Id);
            writer.WriteString("category", category);
            if (tunnel is not null) writer.WriteString("tunnel", tunnel);
            if (connection is { } id) writer.WriteNumber("connection", id);
            writer.WriteString("message", message);
            if (error is not null) writer.WriteString("error", error);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
