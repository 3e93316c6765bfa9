using System.Globalization;

namespace Postern.Packets;

/// <summary>Text that strangers wrote, where people read it: nothing in it may steer a terminal, or make a line look like another one.</summary>
internal static class ForeignText
{
    private const char ZeroWidthNonJoiner = '\u200C';
    private const char ZeroWidthJoiner = '\u200D';

    /// <summary>Has a question mark for every character that <see cref="IsSteering"/>.</summary>
    public static string Printable(string text) => string.Create(text.Length, text, static (target, source) =>
    {
        for (int i = 0; i < source.Length; i++) target[i] = IsSteering(source[i]) ? '?' : source[i];
    });

    /// <summary>A control character, a line of its own, or a change of the direction in which the line is read.</summary>
    public static bool IsSteering(char character) =>
        char.IsControl(character) || IsInvisible(character) || char.GetUnicodeCategory(character) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>A formatting character that is not seen itself, but for the two that scripts are written with.</summary>
    public static bool IsInvisible(char character) =>
        character is not (ZeroWidthNonJoiner or ZeroWidthJoiner) && char.GetUnicodeCategory(character) == UnicodeCategory.Format;
}
