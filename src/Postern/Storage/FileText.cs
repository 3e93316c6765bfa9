using System.Globalization;
using System.Text;

namespace Postern.Storage;

/// <summary>The forms that all printed files share: base64 in lines, and dates. (primitives §12)</summary>
internal static class FileText
{
    private const int LineLength = 64;
    private const string DateFormat = "yyyy-MM-dd HH-mm-ss";

    /// <summary>Base64 with a line feed after every 64 characters, also after a last full line. (primitives §12)</summary>
    public static string BreakLines(string base64)
    {
        StringBuilder text = new(base64.Length + (base64.Length / LineLength) + 1);
        for (int i = 0; i < base64.Length; i += LineLength)
        {
            int count = Math.Min(LineLength, base64.Length - i);
            text.Append(base64, i, count);
            if (count == LineLength) text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The date text of the files: hyphens in the time as well. (primitives §12)</summary>
    public static string FormatDate(ulong seconds, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(UnixTime.ToDate(seconds), zone).ToString(DateFormat, CultureInfo.InvariantCulture);

    public static ulong ParseDate(string text, TimeZoneInfo zone)
    {
        if (!DateTime.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local)
            || zone.IsInvalidTime(local))
        {
            throw new FormatException($"'{text}' is no date of the form YYYY-MM-DD HH-MM-SS.");
        }

        // The first and the last day of the calendar do not exist in UTC for every zone.
        TimeSpan offset = zone.GetUtcOffset(local);
        if (local.Ticks < offset.Ticks || local.Ticks - offset.Ticks > DateTime.MaxValue.Ticks)
        {
            throw new FormatException($"'{text}' is outside the calendar.");
        }

        return UnixTime.ToSeconds(new DateTimeOffset(local, offset));
    }
}
