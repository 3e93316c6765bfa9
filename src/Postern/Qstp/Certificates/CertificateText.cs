using System.Globalization;
using System.Text;
using Postern.Storage;

namespace Postern.Qstp.Certificates;

/// <summary>
/// The printed form of certificates: labelled lines and base64. Dates are whole seconds in a time zone that the text does not name,
/// so writer and reader must agree on it; the reference uses the host's. (QSTP §5.6)
/// </summary>
public static class CertificateText
{
    private const string RootBegin = "------BEGIN QSTP ROOT PUBLIC CERTIFICATE BLOCK------";
    private const string RootEnd = "------END QSTP ROOT PUBLIC CERTIFICATE BLOCK------";
    private const string ServerBegin = "------BEGIN QSTP CHILD PUBLIC CERTIFICATE BLOCK------";
    private const string ServerEnd = "------END QSTP CHILD PUBLIC CERTIFICATE BLOCK------";

    /// <summary>The text of a root certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="zone">Zone of the dates; the host's if null.</param>
    public static string Format(RootCertificate certificate, TimeZoneInfo? zone = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        StringBuilder text = new();
        AppendFields(text, RootBegin, certificate, zone);
        if (certificate.Authority is { } authority)
        {
            AppendLine(text, "Authority: " + authority.Name);
            AppendLine(text, "Authority Key ID: " + authority.KeyId);
            AppendLine(text, "Authority Algorithm: " + (authority.SchemeName ?? authority.SchemeId.ToString(CultureInfo.InvariantCulture)));
        }

        AppendLine(text, "Signed Certificate Key Hash: ");
        AppendBase64(text, [.. certificate.Signature, .. certificate.SignedHash]);
        AppendLine(text, "Public Key: ");
        AppendBase64(text, certificate.VerificationKey);
        AppendLine(text, RootEnd);
        return text.ToString();
    }

    /// <summary>The text of a server certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="zone">Zone of the dates; the host's if null.</param>
    public static string Format(ServerCertificate certificate, TimeZoneInfo? zone = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        StringBuilder text = new();
        AppendFields(text, ServerBegin, certificate, zone);
        AppendLine(text, "Root Serial: " + certificate.RootSerialNumber);
        AppendLine(text, "Root Signed Public Key Hash: ");
        AppendBase64(text, [.. certificate.Signature, .. certificate.SignedHash]);
        AppendLine(text, "Public Signature Key: ");
        AppendBase64(text, certificate.VerificationKey);
        AppendLine(text, ServerEnd);
        return text.ToString();
    }

    /// <summary>Tells whether <paramref name="data"/> is a certificate in the printed form, of either kind.</summary>
    public static bool IsText(ReadOnlySpan<byte> data) => data.StartsWith("------BEGIN QSTP "u8);

    /// <summary>Reads the text of a root certificate.</summary>
    /// <param name="text">The text.</param>
    /// <param name="zone">Zone of the dates; the host's if null.</param>
    /// <exception cref="FormatException">The text is not of this form.</exception>
    public static RootCertificate ParseRoot(string text, TimeZoneInfo? zone = null)
    {
        TextLines lines = new(text);
        lines.Expect(RootBegin);
        TextFields fields = ReadFields(ref lines, zone);
        ExternalAuthority? authority = null;
        if (lines.TryField("Authority: ") is { } name)
        {
            authority = ExternalAuthority.FromText(name, lines.Field("Authority Key ID: "), lines.Field("Authority Algorithm: "));
        }

        lines.Expect("Signed Certificate Key Hash: ");
        byte[] signedHash = lines.Base64(SignedHashSize(fields.Suite));
        lines.Expect("Public Key: ");
        byte[] key = lines.Base64(fields.Suite.Signature.VerificationKeySize);
        lines.Expect(RootEnd);
        lines.ExpectEnd();
        return RootCertificate.Create(fields.Suite, ToFields(fields, signedHash, key), authority);
    }

    /// <summary>Reads the text of a server certificate.</summary>
    /// <param name="text">The text.</param>
    /// <param name="zone">Zone of the dates; the host's if null.</param>
    /// <exception cref="FormatException">The text is not of this form.</exception>
    public static ServerCertificate ParseServer(string text, TimeZoneInfo? zone = null)
    {
        TextLines lines = new(text);
        lines.Expect(ServerBegin);
        TextFields fields = ReadFields(ref lines, zone);
        byte[] rootSerial = lines.Hex("Root Serial: ", QstpProtocol.SerialSize);
        lines.Expect("Root Signed Public Key Hash: ");
        byte[] signedHash = lines.Base64(SignedHashSize(fields.Suite));
        lines.Expect("Public Signature Key: ");
        byte[] key = lines.Base64(fields.Suite.Signature.VerificationKeySize);
        lines.Expect(ServerEnd);
        lines.ExpectEnd();
        return ServerCertificate.Create(fields.Suite, ToFields(fields, signedHash, key, rootSerial));
    }

    private static void AppendFields(StringBuilder text, string begin, Certificate certificate, TimeZoneInfo? zone)
    {
        zone ??= TimeZoneInfo.Local;
        AppendLine(text, begin);
        AppendLine(text, "Issuer: " + certificate.Issuer);
        AppendLine(text, "Serial: " + certificate.SerialNumber);
        AppendLine(text, "Valid From: " + FileText.FormatDate(certificate.ValidFromSeconds, zone));
        AppendLine(text, "Valid To: " + FileText.FormatDate(certificate.ValidToSeconds, zone));
        AppendLine(text, "Algorithm: " + certificate.Suite.Name);
        AppendLine(text, "Version: 0x" + certificate.Version.ToString("X2", CultureInfo.InvariantCulture));
    }

    // A full last line ends in a line feed of its own: the newline after the block then makes an empty line. (§5.6)
    private static void AppendBase64(StringBuilder text, ReadOnlySpan<byte> data) =>
        AppendLine(text, FileText.BreakLines(Convert.ToBase64String(data)));

    private static void AppendLine(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static int SignedHashSize(Suite suite) => suite.Signature.SignatureSize + QstpProtocol.HashSize;

    private static TextFields ReadFields(ref TextLines lines, TimeZoneInfo? zone)
    {
        zone ??= TimeZoneInfo.Local;
        string issuer = lines.Field("Issuer: ");
        if (!SigningKeyFile.IsIssuer(issuer)) throw new FormatException($"An issuer is 1 to {Certificate.IssuerSize} printable ASCII characters.");
        byte[] serial = lines.Hex("Serial: ", QstpProtocol.SerialSize);
        ulong from = FileText.ParseDate(lines.Field("Valid From: "), zone);
        ulong to = FileText.ParseDate(lines.Field("Valid To: "), zone);
        string name = lines.Field("Algorithm: ");
        Suite suite = QstpSuites.FromName(name) ?? throw new FormatException($"Unknown configuration set '{name}'.");
        string version = lines.Field("Version: ");
        if (version != "0x01") throw new FormatException($"Unknown version '{version}'.");
        return new TextFields(SigningKeyFile.IssuerBytes(issuer), serial, from, to, suite);
    }

    private static CertificateFields ToFields(
        in TextFields fields, byte[] signedHash, byte[] key, byte[]? rootSerial = null) => new()
        {
            Signature = signedHash.AsSpan(0, fields.Suite.Signature.SignatureSize),
            SignedHash = signedHash.AsSpan(fields.Suite.Signature.SignatureSize),
            VerificationKey = key,
            Issuer = fields.Issuer,
            Serial = fields.Serial,
            ValidFrom = fields.From,
            ValidTo = fields.To,
            RootSerial = rootSerial,
            Algorithm = fields.Suite.Id,
            Version = Certificate.CurrentVersion,
        };

    private readonly record struct TextFields(byte[] Issuer, byte[] Serial, ulong From, ulong To, Suite Suite);
}
