using Postern.Qstp.Certificates;

namespace Postern.Authority.Records;

/// <summary>A root whose certificates are recorded.</summary>
/// <param name="Serial">Its serial, 32 upper-case hexadecimal digits.</param>
/// <param name="Certificate">Its certificate, the file's bytes.</param>
/// <param name="Entry">Number of the audit entry that recorded it.</param>
internal sealed record RootRecord(string Serial, ReadOnlyMemory<byte> Certificate, long Entry)
{
    public static RootRecord Of(RootCertificate root, long entry) => new(root.SerialNumber, root.ToBytes(), entry);

    /// <summary>The certificate.</summary>
    /// <exception cref="FormatException">The bytes are no root certificate.</exception>
    public RootCertificate Parse() => RootCertificate.Parse(Certificate.Span);
}
