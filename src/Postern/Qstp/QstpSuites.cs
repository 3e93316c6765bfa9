using Postern.Cryptography;

namespace Postern.Qstp;

/// <summary>The configuration sets of QSTP. (QSTP §2)</summary>
public static class QstpSuites
{
    /// <summary>Set 1: ML-DSA-44, ML-KEM-512.</summary>
    public static Suite DilithiumS1KyberS1 { get; } =
        Create(1, "dilithium-s1_kyber-s1_rcs-256_sha3-256", 1, SignatureAlgorithm.MLDsa44, KemAlgorithm.MLKem512);

    /// <summary>Set 2: ML-DSA-65, ML-KEM-768.</summary>
    public static Suite DilithiumS3KyberS3 { get; } =
        Create(2, "dilithium-s3_kyber-s3_rcs-256_sha3-256", 3, SignatureAlgorithm.MLDsa65, KemAlgorithm.MLKem768);

    /// <summary>Set 3: ML-DSA-87, ML-KEM-1024. The default for new roots and servers.</summary>
    public static Suite DilithiumS5KyberS5 { get; } =
        Create(3, "dilithium-s5_kyber-s5_rcs-256_sha3-256", 5, SignatureAlgorithm.MLDsa87, KemAlgorithm.MLKem1024);

    /// <summary>Set 4: ML-DSA-87, Kyber with k = 5, which is no set of NIST's.</summary>
    public static Suite DilithiumS5KyberS6 { get; } =
        Create(4, "dilithium-s5_kyber-s6_rcs-256_sha3-256", 5, SignatureAlgorithm.MLDsa87, KemAlgorithm.Kyber1280);

    /// <summary>Set 5: ML-DSA-44, mceliece348864.</summary>
    public static Suite DilithiumS1McElieceS1 { get; } =
        Create(5, "dilithium-s1_mceliece-s1_rcs-256_sha3-256", 1, SignatureAlgorithm.MLDsa44, KemAlgorithm.McEliece348864);

    /// <summary>Set 6: ML-DSA-65, mceliece460896.</summary>
    public static Suite DilithiumS3McElieceS3 { get; } =
        Create(6, "dilithium-s3_mceliece-s3_rcs-256_sha3-256", 3, SignatureAlgorithm.MLDsa65, KemAlgorithm.McEliece460896);

    /// <summary>Set 7: ML-DSA-87, mceliece6688128.</summary>
    public static Suite DilithiumS5McElieceS5 { get; } =
        Create(7, "dilithium-s5_mceliece-s5_rcs-256_sha3-256", 5, SignatureAlgorithm.MLDsa87, KemAlgorithm.McEliece6688128);

    /// <summary>Set 8: ML-DSA-87, mceliece6960119.</summary>
    public static Suite DilithiumS5McElieceS6 { get; } =
        Create(8, "dilithium-s5_mceliece-s6_rcs-256_sha3-256", 5, SignatureAlgorithm.MLDsa87, KemAlgorithm.McEliece6960119);

    /// <summary>Set 9: ML-DSA-87, mceliece8192128.</summary>
    public static Suite DilithiumS5McElieceS7 { get; } =
        Create(9, "dilithium-s5_mceliece-s7_rcs-256_sha3-256", 5, SignatureAlgorithm.MLDsa87, KemAlgorithm.McEliece8192128);

    /// <summary>Set 10: SLH-DSA-SHAKE-128s, mceliece348864.</summary>
    public static Suite SphincsS1McElieceS1 { get; } =
        Create(10, "sphincs-s1_mceliece-s1_rcs-256_sha3-256", 1, SignatureAlgorithm.SlhDsaShake128s, KemAlgorithm.McEliece348864);

    /// <summary>Set 11: SLH-DSA-SHAKE-192s, mceliece460896.</summary>
    public static Suite SphincsS3McElieceS3 { get; } =
        Create(11, "sphincs-s3_mceliece-s3_rcs-256_sha3-256", 3, SignatureAlgorithm.SlhDsaShake192s, KemAlgorithm.McEliece460896);

    /// <summary>Set 12: SLH-DSA-SHAKE-256s, mceliece6688128.</summary>
    public static Suite SphincsS5McElieceS5 { get; } =
        Create(12, "sphincs-s5_mceliece-s5_rcs-256_sha3-256", 5, SignatureAlgorithm.SlhDsaShake256s, KemAlgorithm.McEliece6688128);

    /// <summary>Set 13: SLH-DSA-SHAKE-256s, mceliece6960119.</summary>
    public static Suite SphincsS5McElieceS6 { get; } =
        Create(13, "sphincs-s5_mceliece-s6_rcs-256_sha3-256", 5, SignatureAlgorithm.SlhDsaShake256s, KemAlgorithm.McEliece6960119);

    /// <summary>Set 14: SLH-DSA-SHAKE-256s, mceliece8192128.</summary>
    public static Suite SphincsS5McElieceS7 { get; } =
        Create(14, "sphincs-s5_mceliece-s7_rcs-256_sha3-256", 5, SignatureAlgorithm.SlhDsaShake256s, KemAlgorithm.McEliece8192128);

    /// <summary>All sets, by id.</summary>
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

    /// <summary>The set that is used unless another is asked for: the strongest of the standard algorithms.</summary>
    public static Suite Default => DilithiumS5KyberS5;

    /// <summary>The set with this id, or null.</summary>
    public static Suite? FromId(byte id) => All.FirstOrDefault(suite => suite.Id == id);

    /// <summary>The set with this configuration string (case matters), or null.</summary>
    public static Suite? FromName(string name) => All.FirstOrDefault(suite => string.Equals(suite.Name, name, StringComparison.Ordinal));

    private static Suite Create(byte id, string name, int level, SignatureAlgorithm signature, KemAlgorithm kem) =>
        new(id, name, QstpProtocol.ConfigurationFieldSize, level, signature, kem);
}
