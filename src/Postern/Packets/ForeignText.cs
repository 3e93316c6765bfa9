using System.Globalization;
using System.Text;

namespace Postern.Packets;

/// <summary>Text that strangers wrote, where people read it: nothing in it may steer a terminal, or make a line look like another one.</summary>
internal static class ForeignText
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;

    private static readonly Rune Instead = new('?');

    /// <summary>It has nothing that <see cref="IsSteering"/>.</summary>
    public static bool IsPrintable(string text) => !text.EnumerateRunes().Any(IsSteering);

    /// <summary>Has a question mark for every character that <see cref="IsSteering"/>.</summary>
    public static string Printable(string text) => IsPrintable(text) ? text : string.Concat(text.EnumerateRunes().Select(rune => IsSteering(rune) ? Instead : rune));

    /// <summary>A control character, a line of its own, or a change of the direction in which the line is read.</summary>
    public static bool IsSteering(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator || IsInvisible(rune);

    /// <summary>A formatting character that is not seen itself. Joiners are spelling, in Persian and others.</summary>
    public static bool IsInvisible(Rune rune) => rune.Value is not (ZeroWidthNonJoiner or ZeroWidthJoiner) && Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;
}
