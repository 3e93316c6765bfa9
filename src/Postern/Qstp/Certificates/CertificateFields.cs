namespace Postern.Qstp.Certificates;

/// <summary>The fields of a certificate on their way into it; the certificate copies them.</summary>
internal readonly ref struct CertificateFields
{
    public ReadOnlySpan<byte> Signature { get; init; }

    public ReadOnlySpan<byte> SignedHash { get; init; }

    public ReadOnlySpan<byte> VerificationKey { get; init; }

    public ReadOnlySpan<byte> Issuer { get; init; }

    public ReadOnlySpan<byte> Serial { get; init; }

    /// <summary>Server certificates only.</summary>
    public ReadOnlySpan<byte> RootSerial { get; init; }

    public ulong ValidFrom { get; init; }

    public ulong ValidTo { get; init; }

    public byte Algorithm { get; init; }

    public byte Version { get; init; }
}
