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

    /// <summary>All sets, by id.</summary>
    public static IReadOnlyList<Suite> All { get; } = [DilithiumS1KyberS1, DilithiumS3KyberS3, DilithiumS5KyberS5];

    /// <summary>The set that is used unless another is asked for: the strongest of the standard algorithms.</summary>
    public static Suite Default => DilithiumS5KyberS5;

    /// <summary>The set with this id, or null.</summary>
    public static Suite? FromId(byte id) => All.FirstOrDefault(suite => suite.Id == id);

    /// <summary>The set with this configuration string (case matters), or null.</summary>
    public static Suite? FromName(string name) => All.FirstOrDefault(suite => string.Equals(suite.Name, name, StringComparison.Ordinal));

    private static Suite Create(byte id, string name, int level, SignatureAlgorithm signature, KemAlgorithm kem) =>
        new(id, name, QstpProtocol.ConfigurationFieldSize, level, signature, kem);
}
