namespace Postern.Qstp.Certificates;

/// <summary>The fields of a certificate on their way into it; the certificate copies them.</summary>
internal ref struct CertificateFields
{
    public ReadOnlySpan<byte> Signature { get; set; }

    public ReadOnlySpan<byte> SignedHash { get; set; }

    public ReadOnlySpan<byte> VerificationKey { get; set; }

    public ReadOnlySpan<byte> Issuer { get; set; }

    public ReadOnlySpan<byte> Serial { get; set; }

    public ulong ValidFrom { get; set; }

    public ulong ValidTo { get; set; }

    public byte Version { get; set; }
}
