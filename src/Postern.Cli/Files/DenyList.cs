using System.Text;
using Postern.Cli.Terminal;

namespace Postern.Cli.Files;

/// <summary>Serials that are refused here, whatever any list of the root says. (QSTP §5.10)</summary>
internal static class DenyList
{
    private const int SerialDigits = 32;

    /// <summary>Serials of the command line and of a file with one a line; <c>#</c> starts a comment.</summary>
    public static IReadOnlySet<string> Load(CommandTerminal terminal, IEnumerable<string> serials, string? path)
    {
        HashSet<string> denied = new(StringComparer.OrdinalIgnoreCase);
        foreach (string serial in serials) denied.Add(Parse(serial, "--deny"));
        if (path is null) return denied;
        using FileBytes bytes = FileBytes.Read(terminal, path);
        int number = 0;
        foreach (string line in Encoding.UTF8.GetString(bytes.Span).ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            string serial = line.Split('#', 2)[0].Trim();
            if (serial.Length > 0) denied.Add(Parse(serial, $"{path}, line {number}"));
        }

        return denied;
    }

    // A line that is skipped would let a withdrawn certificate in.
    private static string Parse(string text, string where)
    {
        string digits = text.Replace(":", string.Empty, StringComparison.Ordinal);
        if (digits.Length == SerialDigits && digits.All(char.IsAsciiHexDigit)) return digits;
        throw new CommandException(ExitCode.Usage, $"{where}: '{text}' is no serial of {SerialDigits} hexadecimal digits.");
    }
}
