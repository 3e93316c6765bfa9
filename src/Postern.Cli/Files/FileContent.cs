using System.Text;
using Postern.Authority.Enrolment;
using Postern.Authority.Pkcs11;
using Postern.Qsmp;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Cli.Files;

/// <summary>Finds out what a file holds, whichever of its forms it is in.</summary>
internal static class FileContent
{
    /// <summary>
    /// A <see cref="RootCertificate"/>, a <see cref="ServerCertificate"/>, a <see cref="RootKey"/>, a <see cref="ServerKey"/>, a
    /// <see cref="QsmpPublicKey"/>, a <see cref="QsmpPrivateKey"/>, a <see cref="RevocationList"/>, a <see cref="RootTransition"/>, a
    /// <see cref="SignedRequest"/>, an <see cref="EnrolmentToken"/>, a <see cref="SealedKey"/> or a <see cref="TokenContainer"/>; null if it is none of them.
    /// </summary>
    /// <param name="data">The file.</param>
    /// <param name="zone">Zone of the dates in a printed certificate; the host's if null.</param>
    public static object? Parse(ReadOnlySpan<byte> data, TimeZoneInfo? zone)
    {
        if (KeyContainer.IsContainer(data)) return new SealedKey(data.ToArray());
        if (TokenContainer.IsContainer(data)) return TokenContainer.Parse(data);
        if (EnrolmentToken.Parse(Encoding.ASCII.GetString(data).Trim()) is { } token) return token;
        if (SignedRequest.IsSignedRequest(data)) return SignedRequest.Parse(data);
        if (RevocationList.IsList(data)) return RevocationList.Parse(data);
        if (RootTransition.IsTransition(data)) return RootTransition.Parse(data);
        if (CertificateText.IsText(data)) return ParseText(Encoding.UTF8.GetString(data), zone);
        if (QsmpPublicKey.IsText(data)) return QsmpPublicKey.Parse(data);
        return Try<object>(data, RootCertificate.Parse)
            ?? Try<object>(data, ServerCertificate.Parse)
            ?? Try<object>(data, RootKey.Parse)
            ?? Try<object>(data, ServerKey.Parse)
            ?? (BeginsWithSet(data) ? QsmpPrivateKey.Parse(data) : null);
    }

    /// <summary>What the content is, for a message: "a root certificate".</summary>
    public static string NameOf(object? content) => content switch
    {
        RootCertificate => "a root certificate",
        ServerCertificate { IsSigned: false } => "a certificate request",
        ServerCertificate => "a server certificate",
        SignedRequest => "a signed certificate request",
        RootKey => "a root key",
        ServerKey => "a server key",
        QsmpPublicKey { Mode: QsmpMode.Simplex } => "a SIMPLEX public key",
        QsmpPublicKey => "a DUPLEX public key",
        QsmpPrivateKey => "a QSMP private key",
        RevocationList => "a revocation list",
        RootTransition => "a root transition",
        EnrolmentToken => "a token of a root's service",
        SealedKey => "a key under a passphrase",
        TokenContainer => "a key under a token's key",
        _ => "no certificate and no key of a configuration set known here",
    };

    private static object ParseText(string text, TimeZoneInfo? zone) => text.StartsWith("------BEGIN QSTP ROOT", StringComparison.Ordinal)
        ? CertificateText.ParseRoot(text, zone)
        : CertificateText.ParseServer(text, zone);

    // A private key of QSMP begins with the name of its set, 33 characters and a zero, known here or not; an issuer has 32 at most.
    private static bool BeginsWithSet(ReadOnlySpan<byte> data) =>
        data.Length > 33 && data[33] == 0 && !data[..33].ContainsAnyExceptInRange((byte)'!', (byte)'~');

    // Sizes and algorithm bytes differ for all of them, so at most one fits.
    private static T? Try<T>(ReadOnlySpan<byte> data, Func<ReadOnlySpan<byte>, T> parse)
        where T : class
    {
        try
        {
            return parse(data);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
