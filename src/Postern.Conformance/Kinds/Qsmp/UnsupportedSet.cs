namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>A configuration set of QSMP that exists, by its name: a build need not have them all. (QSMP §1.6)</summary>
internal static class UnsupportedSet
{
    private static readonly string[] Names =
    [
        "dilithium-s5_kyber-s6_sha3_rcs256",
        "dilithium-s1_mceliece-s1_sha3_rcs",
        "dilithium-s3_mceliece-s3_sha3_rcs",
        "dilithium-s5_mceliece-s5_sha3_rcs",
        "dilithium-s5_mceliece-s6_sha3_rcs",
        "dilithium-s5_mceliece-s7_sha3_rcs",
        "sphincs+-s1s_mceliece-s1_sha3_rcs",
        "sphincs+-s3s_mceliece-s3_sha3_rcs",
        "sphincs+-s5s_mceliece-s5_sha3_rcs",
        "sphincs+-s5s_mceliece-s6_sha3_rcs",
        "sphincs+-s5s_mceliece-s7_sha3_rcs",
    ];

    /// <summary>Looks for a set with this name among those that this build does not have.</summary>
    /// <exception cref="UnsupportedVectorException">It is the name of such a set.</exception>
    public static void ThrowIfNamed(string name)
    {
        if (Postern.Qsmp.QsmpSuites.FromName(name) is null && Names.Contains(name, StringComparer.Ordinal))
        {
            throw new UnsupportedVectorException($"set {name} is not in this build");
        }
    }
}
