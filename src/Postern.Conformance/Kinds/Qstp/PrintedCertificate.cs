using System.Text;
using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>A printed certificate of either kind. Its dates are taken as UTC, the zone that vectors are made in. (QSTP §5.6)</summary>
internal sealed record PrintedCertificate(string Text, Certificate Certificate)
{
    /// <summary>Tells by its first or its last line whether a text is a certificate, be it damaged.</summary>
    public static bool IsPrinted(ReadOnlySpan<byte> data) =>
        CertificateText.IsText(data) || data.TrimEnd(" \r\n"u8).EndsWith("PUBLIC CERTIFICATE BLOCK------"u8);

    public static PrintedCertificate Read(byte[] data)
    {
        string text = Encoding.Latin1.GetString(data);
        Certificate certificate = text.StartsWith("------BEGIN QSTP ROOT", StringComparison.Ordinal)
            ? CertificateText.ParseRoot(text, TimeZoneInfo.Utc)
            : CertificateText.ParseServer(text, TimeZoneInfo.Utc);
        return new PrintedCertificate(text, certificate);
    }

    /// <summary>The text must be what is printed here for <paramref name="certificate"/>, and be read as that.</summary>
    /// <exception cref="InvalidDataException">It differs.</exception>
    public void CheckAgainst(Certificate certificate)
    {
        Expect.True("the text says something else than the certificate", certificate.IsSameAs(Certificate));
        string printed = certificate is RootCertificate root
            ? CertificateText.Format(root, TimeZoneInfo.Utc)
            : CertificateText.Format((ServerCertificate)certificate, TimeZoneInfo.Utc);
        Expect.Equal("printed text", Encoding.Latin1.GetBytes(Text), Encoding.Latin1.GetBytes(printed));
    }
}
