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

    /// <summary>All sets, in the table's order.</summary>
    public static IReadOnlyList<Suite> All { get; } = [DilithiumS1KyberS1, DilithiumS3KyberS3, DilithiumS5KyberS5];

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
}
