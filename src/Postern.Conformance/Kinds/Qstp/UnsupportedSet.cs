namespace Postern.Conformance.Kinds.Qstp;

/// <summary>A configuration set of QSTP that exists and that this build does not have, by its sizes. (QSTP §2)</summary>
internal sealed record UnsupportedSet(byte Id, string Name, int SignatureSize, int VerificationKeySize, int SigningKeySize)
{
    // What a file has besides signature and keys. (QSTP §5.1 to §5.5)
    private const int RootCertificateFields = 98;
    private const int AuthorityFields = 49;
    private const int ServerCertificateFields = 114;
    private const int RootKeyFields = 66;
    private const int ServerKeyFields = 98;

    private static readonly UnsupportedSet[] All =
    [
        new(4, "dilithium-s5_kyber-s6_rcs-256_sha3-256", 4627, 2592, 4896),
        new(5, "dilithium-s1_mceliece-s1_rcs-256_sha3-256", 2420, 1312, 2560),
        new(6, "dilithium-s3_mceliece-s3_rcs-256_sha3-256", 3309, 1952, 4032),
        new(7, "dilithium-s5_mceliece-s5_rcs-256_sha3-256", 4627, 2592, 4896),
        new(8, "dilithium-s5_mceliece-s6_rcs-256_sha3-256", 4627, 2592, 4896),
        new(9, "dilithium-s5_mceliece-s7_rcs-256_sha3-256", 4627, 2592, 4896),
        new(10, "sphincs-s1_mceliece-s1_rcs-256_sha3-256", 7856, 32, 64),
        new(11, "sphincs-s3_mceliece-s3_rcs-256_sha3-256", 16224, 48, 96),
        new(12, "sphincs-s5_mceliece-s5_rcs-256_sha3-256", 29792, 64, 128),
        new(13, "sphincs-s5_mceliece-s6_rcs-256_sha3-256", 29792, 64, 128),
        new(14, "sphincs-s5_mceliece-s7_rcs-256_sha3-256", 29792, 64, 128),
    ];

    /// <summary>Looks for a set with this configuration string.</summary>
    /// <exception cref="UnsupportedVectorException">It is the name of such a set.</exception>
    public static void ThrowIfNamed(string name) => Throw(All.FirstOrDefault(set => set.Name == name));

    /// <summary>Looks at size and algorithm byte, with and without an outside authority.</summary>
    /// <exception cref="UnsupportedVectorException">It is a root certificate of such a set.</exception>
    public static void ThrowIfRootCertificate(ReadOnlySpan<byte> data)
    {
        ThrowIfSize(data, data, static set => set.CertificateKeySize + RootCertificateFields);
        ThrowIfSize(data, data[..Math.Max(0, data.Length - AuthorityFields)], static set => set.CertificateKeySize + RootCertificateFields + AuthorityFields);
    }

    /// <summary>Looks at size and algorithm byte.</summary>
    /// <exception cref="UnsupportedVectorException">It is a server certificate of such a set.</exception>
    public static void ThrowIfServerCertificate(ReadOnlySpan<byte> data) =>
        ThrowIfSize(data, data, static set => set.CertificateKeySize + ServerCertificateFields);

    /// <summary>Looks at size and algorithm byte.</summary>
    /// <exception cref="UnsupportedVectorException">It is a root or server key of such a set.</exception>
    public static void ThrowIfKey(ReadOnlySpan<byte> data)
    {
        ThrowIfSize(data, data, static set => set.SigningKeySize + set.VerificationKeySize + RootKeyFields);
        ThrowIfSize(data, data, static set => set.SigningKeySize + set.VerificationKeySize + ServerKeyFields);
    }

    private int CertificateKeySize => SignatureSize + VerificationKeySize;

    // The algorithm is the last byte but one of the fields that every set has.
    private static void ThrowIfSize(ReadOnlySpan<byte> data, ReadOnlySpan<byte> fields, Func<UnsupportedSet, int> sizeOf)
    {
        foreach (UnsupportedSet set in All)
        {
            if (data.Length == sizeOf(set) && fields[^2] == set.Id) Throw(set);
        }
    }

    private static void Throw(UnsupportedSet? set)
    {
        if (set is not null) throw new UnsupportedVectorException($"set {set.Id}, {set.Name}, is not in this build");
    }
}
