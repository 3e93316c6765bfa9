namespace Postern.Authority.Service.Web;

/// <summary>How many certificates end in each of the months to come, as bars with their numbers beside them.</summary>
internal static class ExpiryPicture
{
    /// <summary>Bars before the one of all that end later.</summary>
    public const int Spans = 12;

    private const int Width = 320;
    private const int Left = 84;
    private const int Right = 48;
    private const int Line = 20;

    /// <summary>The time of one bar.</summary>
    public static TimeSpan Span { get; } = TimeSpan.FromDays(30);

    /// <summary>Writes the picture.</summary>
    /// <param name="html">The page.</param>
    /// <param name="now">Where the first bar begins.</param>
    /// <param name="counts">One a bar.</param>
    public static void Write(Html html, DateTimeOffset now, IReadOnlyList<long> counts)
    {
        long largest = Math.Max(1, counts.Max());
        html.Open("svg", ("viewBox", $"0 0 {Width} {counts.Count * Line}"), ("role", "img"), ("aria-labelledby", "ends-title ends-text"))
            .Element("title", "Valid certificates by the month that they end in", ("id", "ends-title"))
            .Element("desc", string.Join(", ", counts.Select((count, bar) => $"{NameOf(bar, now)}: {count}")), ("id", "ends-text"));
        for (int bar = 0; bar < counts.Count; bar++)
        {
            long width = counts[bar] == 0 ? 0 : Math.Max(1, counts[bar] * (Width - Left - Right) / largest);
            int top = bar * Line;
            html.Element("text", NameOf(bar, now), ("x", $"{Left - 6}"), ("y", $"{top + 14}"), ("text-anchor", "end"))
                .Element("rect", "", ("x", $"{Left}"), ("y", $"{top + 3}"), ("width", $"{width}"), ("height", $"{Line - 6}"), ("class", bar == 0 ? "soon" : null))
                .Element("text", $"{counts[bar]}", ("x", $"{Left + width + 5}"), ("y", $"{top + 14}"));
        }

        html.Close().Element("p", "Each bar is 30 days and is named after the first of them. Revoked and replaced certificates are left out.", ("class", "note"));
    }

    private static string NameOf(int bar, DateTimeOffset now) => bar < Spans ? WebLayout.Day(now + (bar * Span)) : "later";
}
