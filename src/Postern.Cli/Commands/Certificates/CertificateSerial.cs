using Postern.Cli.Files;

namespace Postern.Cli.Commands.Certificates;

/// <summary>A certificate that the command line names by its serial or by its file.</summary>
internal static class CertificateSerial
{
    private const int Digits = 32;

    /// <summary>The serial in upper case.</summary>
    public static string Resolve(KeyFiles files, string text) => Parse(text) ?? files.LoadCertificate(text).SerialNumber;

    /// <summary>The serial, or null if the text is none; colons between digits do not matter.</summary>
    public static string? Parse(string text)
    {
        string digits = text.Replace(":", string.Empty, StringComparison.Ordinal);
        return digits.Length == Digits && digits.All(char.IsAsciiHexDigit) ? digits.ToUpperInvariant() : null;
    }
}
