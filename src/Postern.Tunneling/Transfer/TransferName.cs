using System.Buffers;
using System.Globalization;
using System.Text;
using Postern.Packets;

namespace Postern.Tunneling;

/// <summary>
/// Names that a receiver lets a peer choose for a new file: one path part that is a plain file name on every system, in the shell too.
/// </summary>
internal static class TransferName
{
    /// <summary>Longest name in UTF-8.</summary>
    public const int MaxSize = 255;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("/\\:*?\"<>|");

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Devices on Windows, with any extension and in any case.
    private static readonly HashSet<string> Devices = new(
        [
            "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
            .. "0123456789¹²³".SelectMany(digit => (string[])[$"COM{digit}", $"LPT{digit}"]),
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The name in its canonical form, where the platform's tables are there. (Unicode NFC)</summary>
    /// <exception cref="TransferException">The name is not one that is taken.</exception>
    public static string Check(string name)
    {
        string? problem = ProblemOf(name);
        if (problem is not null) throw Refused(problem);
        string canonical = name.Normalize(NormalizationForm.FormC);
        return ProblemOf(canonical) is { } other ? throw Refused(other) : canonical;
    }

    /// <summary>The name that a peer sent.</summary>
    /// <inheritdoc cref="Check" path="/exception"/>
    public static string Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Check(Strict.GetString(utf8));
        }
        catch (ArgumentException)
        {
            throw Refused("it is no UTF-8");
        }
    }

    public static byte[] ToBytes(string name) => Strict.GetBytes(name);

    private static string? ProblemOf(string name)
    {
        if (name.Length == 0) return "it is empty";
        if (!IsUnicode(name)) return "it is not Unicode";
        if (Strict.GetByteCount(name) > MaxSize) return $"it is longer than {MaxSize} bytes";
        if (name[0] == '.') return "it begins with a dot, as hidden files do";
        if (name[0] == '-') return "it begins with a dash, as options do";
        if (name[0] == ' ' || name[^1] is ' ' or '.') return "it begins with a space, or ends with a space or a dot";
        if (name.AsSpan().IndexOfAny(Forbidden) is >= 0 and int index) return $"it contains {name[index]}";
        if (name.EnumerateRunes().Any(IsInvisible)) return "it contains characters that are not seen";
        return Devices.Contains(name.Split('.', 2)[0].TrimEnd(' ')) ? "it is the name of a device on Windows" : null;
    }

    private static bool IsUnicode(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i])) continue;
            if (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[i + 1])) return false;
            i++;
        }

        return true;
    }

    private static bool IsInvisible(Rune rune) => ForeignText.IsSteering(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static TransferException Refused(string problem) => new(TransferError.NameRefused, $"The file's name is refused: {problem}.");
}
