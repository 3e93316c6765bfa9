using System.Globalization;
using System.Text;

namespace Postern.Cli.Health;

/// <summary>Names, labels and numbers in Prometheus' text form, version 0.0.4.</summary>
internal static class PrometheusText
{
    public static string NameOf(string name) => name.Replace('.', '_');

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Such as <c>postern_role="server"</c>, one after the other.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        StringBuilder text = new();
        foreach ((string name, object? value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(NameOf(name)).Append("=\"").Append(Escape($"{value}").Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    /// <summary>Without line feeds.</summary>
    public static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
