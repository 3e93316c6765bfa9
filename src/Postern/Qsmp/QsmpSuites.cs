using Postern.Cryptography;

namespace Postern.Qsmp;

/// <summary>
/// The configuration sets of QSMP, the same names in both modes: SIMPLEX runs them with RCS-256, DUPLEX with RCS-512. The ids are the
/// rows of the table; they stand in no file and in no packet. (QSMP §1.6)
/// </summary>
public static class QsmpSuites
{
    /// <summary>ML-DSA-44, ML-KEM-512.</summary>
    public static Suite DilithiumS1KyberS1 { get; } =
        Create(1, "dilithium-s1_kyber-s1_sha3_rcs256", 1, SignatureAlgorithm.MLDsa44, KemAlgorithm.MLKem512);

    /// <summary>ML-DSA-65, ML-KEM-768.</summary>
    public static Suite DilithiumS3KyberS3 { get; } =
        Create(2, "dilithium-s3_kyber-s3_sha3_rcs256", 3, SignatureAlgorithm.MLDsa65, KemAlgorithm.MLKem768);

    /// <summary>ML-DSA-87, ML-KEM-1024. The default for new keys, as in the reference.</summary>
    public static Suite DilithiumS5KyberS5 { get; } =
        Create(3, "dilithium-s5_kyber-s5_sha3_rcs256", 5, SignatureAlgorithm.MLDsa87, KemAlgorithm.MLKem1024);

    /// <summary>ML-DSA-87, Kyber with k = 5, which is no set of NIST's.</summary>
    public static Suite DilithiumS5KyberS6 { get; } =
        Create(4, "dilithium-s5_kyber-s6_sha3_rcs256", 5, SignatureAlgorithm.MLDsa87, KemAlgorithm.Kyber1280);

    /// <summary>ML-DSA-44, mceliece348864.</summary>
    public static Suite DilithiumS1McElieceS1 { get; } =
        Create(5, "dilithium-s1_mceliece-s1_sha3_rcs", 1, SignatureAlgorithm.MLDsa44, KemAlgorithm.McEliece348864);

    /// <summary>ML-DSA-65, mceliece460896.</summary>
    public static Suite DilithiumS3McElieceS3 { get; } =
        Create(6, "dilithium-s3_mceliece-s3_sha3_rcs", 3, SignatureAlgorithm.MLDsa65, KemAlgorithm.McEliece460896);

    /// <summary>ML-DSA-87, mceliece6688128.</summary>
    public static Suite DilithiumS5McElieceS5 { get; } =
        Create(7, "dilithium-s5_mceliece-s5_sha3_rcs", 5, SignatureAlgorithm.MLDsa87, KemAlgorithm.McEliece6688128);

    /// <summary>ML-DSA-87, mceliece6960119.</summary>
    public static Suite DilithiumS5McElieceS6 { get; } =
        Create(8, "dilithium-s5_mceliece-s6_sha3_rcs", 5, SignatureAlgorithm.MLDsa87, KemAlgorithm.McEliece6960119);

    /// <summary>ML-DSA-87, mceliece8192128.</summary>
    public static Suite DilithiumS5McElieceS7 { get; } =
        Create(9, "dilithium-s5_mceliece-s7_sha3_rcs", 5, SignatureAlgorithm.MLDsa87, KemAlgorithm.McEliece8192128);

    /// <summary>SLH-DSA-SHAKE-128s, mceliece348864.</summary>
    public static Suite SphincsS1McElieceS1 { get; } =
        Create(10, "sphincs+-s1s_mceliece-s1_sha3_rcs", 1, SignatureAlgorithm.SlhDsaShake128s, KemAlgorithm.McEliece348864);

    /// <summary>SLH-DSA-SHAKE-192s, mceliece460896.</summary>
    public static Suite SphincsS3McElieceS3 { get; } =
        Create(11, "sphincs+-s3s_mceliece-s3_sha3_rcs", 3, SignatureAlgorithm.SlhDsaShake192s, KemAlgorithm.McEliece460896);

    /// <summary>SLH-DSA-SHAKE-256s, mceliece6688128.</summary>
    public static Suite SphincsS5McElieceS5 { get; } =
        Create(12, "sphincs+-s5s_mceliece-s5_sha3_rcs", 5, SignatureAlgorithm.SlhDsaShake256s, KemAlgorithm.McEliece6688128);

    /// <summary>SLH-DSA-SHAKE-256s, mceliece6960119.</summary>
    public static Suite SphincsS5McElieceS6 { get; } =
        Create(13, "sphincs+-s5s_mceliece-s6_sha3_rcs", 5, SignatureAlgorithm.SlhDsaShake256s, KemAlgorithm.McEliece6960119);

    /// <summary>SLH-DSA-SHAKE-256s, mceliece8192128.</summary>
    public static Suite SphincsS5McElieceS7 { get; } =
        Create(14, "sphincs+-s5s_mceliece-s7_sha3_rcs", 5, SignatureAlgorithm.SlhDsaShake256s, KemAlgorithm.McEliece8192128);

    /// <summary>All sets, in the table's order.</summary>
    public static IReadOnlyList<Suite> All { get; } =
    [
        DilithiumS1KyberS1,
        DilithiumS3KyberS3,
        DilithiumS5KyberS5,
        DilithiumS5KyberS6,
        DilithiumS1McElieceS1,
        DilithiumS3McElieceS3,
        DilithiumS5McElieceS5,
        DilithiumS5McElieceS6,
        DilithiumS5McElieceS7,
        SphincsS1McElieceS1,
        SphincsS3McElieceS3,
        SphincsS5McElieceS5,
        SphincsS5McElieceS6,
        SphincsS5McElieceS7,
    ];

    /// <summary>The set that is used unless another is asked for.</summary>
    public static Suite Default => DilithiumS5KyberS5;

    /// <summary>The set with this configuration string (case matters), or null.</summary>
    public static Suite? FromName(string name) => All.FirstOrDefault(suite => string.Equals(suite.Name, name, StringComparison.Ordinal));

    /// <summary>The set whose 34-byte field this is, its zero byte included, or null.</summary>
    internal static Suite? FromField(ReadOnlySpan<byte> field)
    {
        foreach (Suite suite in All)
        {
            if (field.SequenceEqual(suite.ConfigurationField)) return suite;
        }

        return null;
    }

    private static Suite Create(byte id, string name, int level, SignatureAlgorithm signature, KemAlgorithm kem) =>
        new(id, name, QsmpProtocol.ConfigurationFieldSize, level, signature, kem);

    /// <summary>Whether DUPLEX channels of a set have asymmetric ratchets: McEliece's keys do not fit into a packet. (QSMP §3.5)</summary>
    public static bool HasKeyExchange(Suite suite)
    {
        ArgumentNullException.ThrowIfNull(suite);
        return QsmpProtocol.HasKeyExchange(suite);
    }
}
