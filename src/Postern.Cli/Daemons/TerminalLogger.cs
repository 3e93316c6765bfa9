using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Postern.Cli.Terminal;

namespace Postern.Cli.Daemons;

/// <summary>One line an event: time in UTC, level, message; or the same as a JSON object.</summary>
internal sealed class TerminalLogger(CommandTerminal terminal, string category, LogLevel least, bool json) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        string message = formatter(state, exception);
        string? error = least < LogLevel.Information ? exception?.ToString() : exception?.Message;
        string time = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
        terminal.WriteHint(json
            ? ToJson(time, logLevel, eventId, message, error)
            : $"{time} {NameOf(logLevel),-7} {message}{(error is null ? string.Empty : $": {error}")}");
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

    private string ToJson(string time, LogLevel level, EventId eventId, string message, string? error)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time);
            writer.WriteString("level", NameOf(level));
            writer.WriteNumber("event", eventId.Id);
            writer.WriteString("category", category);
            writer.WriteString("message", message);
            if (error is not null) writer.WriteString("error", error);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
