using System.Text;
using Postern.Storage;

namespace Postern.Qsmp;

/// <summary>The text form of public keys. Dates are UTC, whatever the zone of the host. (QSMP §1.14)</summary>
internal static class PublicKeyText
{
    private const string ConfigurationLabel = "Configuration: ";
    private const string IdentityLabel = "Host ID: ";
    private const string ExpirationLabel = "Expiration: ";

    public static string LabelOf(QsmpMode mode) => mode == QsmpMode.Simplex ? "QSMS" : "QSMD";

    public static byte[] Format(QsmpPublicKey key) => Encoding.ASCII.GetBytes(FormatText(key) + "\0");

    public static QsmpPublicKey Parse(ReadOnlySpan<byte> file)
    {
        string text = Normalise(file);
        QsmpMode mode = text.StartsWith(Begin(QsmpMode.Duplex), StringComparison.Ordinal) ? QsmpMode.Duplex : QsmpMode.Simplex;
        TextLines lines = new(text);
        lines.Expect(Begin(mode));
        lines.Expect(Version(mode));
        Suite suite = ReadSuite(lines.Field(ConfigurationLabel));
        byte[] identity = lines.Hex(IdentityLabel, QsmpProtocol.KeyIdentitySize);
        ulong expiration = lines.Date(ExpirationLabel, TimeZoneInfo.Utc);
        byte[] verificationKey = lines.Base64(suite.Signature.VerificationKeySize);
        lines.Expect(End(mode));
        lines.ExpectEnd();
        QsmpPublicKey key = new(mode, new KeyIdentification(suite, expiration, identity, verificationKey));
        ExpectSame(FormatText(key), text);
        return key;
    }

    private static string Begin(QsmpMode mode) => $"------BEGIN {LabelOf(mode)} PUBLIC KEY BLOCK------";

    private static string Version(QsmpMode mode) => $"Version: {LabelOf(mode)} v1.2";

    private static string End(QsmpMode mode) => $"------END {LabelOf(mode)} PUBLIC KEY BLOCK------";

    // A full last line of base64 ends in a line feed of its own: the one after the block then makes an empty line.
    private static string FormatText(QsmpPublicKey key) => string.Join(
        '\n',
        Begin(key.Mode),
        Version(key.Mode),
        ConfigurationLabel + key.Suite.Name,
        IdentityLabel + key.KeyIdentity,
        ExpirationLabel + FileText.FormatDate(key.ExpirationSeconds, TimeZoneInfo.Utc),
        FileText.BreakLines(Convert.ToBase64String(key.VerificationKey)),
        End(key.Mode),
        string.Empty);

    private static Suite ReadSuite(string name) =>
        QsmpSuites.FromName(name) ?? throw new FormatException($"Line 3: unknown configuration set '{name}'.");

    /// <summary>Lines ended by LF alone, no blanks at their ends, one LF at the text's end, and nothing but printable characters.</summary>
    private static string Normalise(ReadOnlySpan<byte> file)
    {
        if (file.EndsWith("\0"u8)) file = file[..^1];
        string[] lines = Encoding.Latin1.GetString(file).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd(' ', '\t', '\r');
            if (line.AsSpan().ContainsAnyExceptInRange(' ', '~')) throw new FormatException($"Line {i + 1}: a character that is not printable ASCII.");
            lines[i] = line;
        }

        return string.Join('\n', lines).TrimEnd('\n') + '\n';
    }

    // One key has one text: capital digits, other line lengths or unused bits in the last group of base64 would make a second one.
    private static void ExpectSame(string expected, string actual)
    {
        string[] expectedLines = expected.Split('\n');
        string[] actualLines = actual.Split('\n');
        for (int i = 0; i < expectedLines.Length; i++)
        {
            if (i >= actualLines.Length) throw new FormatException("The text ends too early.");
            if (string.Equals(expectedLines[i], actualLines[i], StringComparison.Ordinal)) continue;
            throw new FormatException($"Line {i + 1}: expected '{expectedLines[i]}'.");
        }
    }
}
