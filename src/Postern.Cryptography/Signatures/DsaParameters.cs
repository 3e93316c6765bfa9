namespace Postern.Cryptography;

/// <summary>One parameter set (FIPS 204 §4, table 1) and the sizes that follow from it (§7.2). The names are the standard's.</summary>
internal sealed class DsaParameters
{
    /// <summary>Size of the seeds rho, K and xi, and of rnd.</summary>
    public const int SeedSize = 32;

    /// <summary>Size of rho', the seed of s1 and s2, and of rho'', the seed of y.</summary>
    public const int LongSeedSize = 64;

    /// <summary>Size of tr, the hash of the public key, and of mu, the hash of the message.</summary>
    public const int HashSize = 64;

    /// <summary>Largest <see cref="ChallengeSize"/>.</summary>
    public const int MaxChallengeSize = 64;

    /// <summary>Bits of a packed coefficient of t1.</summary>
    public const int T1Bits = 10;

    /// <summary>Bits of a packed coefficient of t0.</summary>
    public const int T0Bits = DsaRounding.DroppedBits;

    /// <summary>Largest coefficient of t0.</summary>
    public const int T0Upper = 1 << (DsaRounding.DroppedBits - 1);

    /// <summary>Largest <see cref="PackedHighSize"/>.</summary>
    public const int MaxPackedHighSize = 192;

    public static readonly DsaParameters MLDsa44 = new(
        name: "ML-DSA-44", k: 4, l: 4, eta: 2, tau: 39, lambda: 128, gamma1Exponent: 17, gamma2Divisor: 88, omega: 80);

    public static readonly DsaParameters MLDsa65 = new(
        name: "ML-DSA-65", k: 6, l: 5, eta: 4, tau: 49, lambda: 192, gamma1Exponent: 19, gamma2Divisor: 32, omega: 55);

    public static readonly DsaParameters MLDsa87 = new(
        name: "ML-DSA-87", k: 8, l: 7, eta: 2, tau: 60, lambda: 256, gamma1Exponent: 19, gamma2Divisor: 32, omega: 75);

    private DsaParameters(
        string name, int k, int l, int eta, int tau, int lambda, int gamma1Exponent, int gamma2Divisor, int omega)
    {
        Name = name;
        Rows = k;
        Columns = l;
        Eta = eta;
        Tau = tau;
        Omega = omega;
        ChallengeSize = lambda / 4;
        Gamma1 = 1 << gamma1Exponent;
        Gamma2 = (DsaField.Q - 1) / gamma2Divisor;
        Gamma2Reciprocal = ((1L << DsaRounding.ReciprocalShift) / (2 * Gamma2)) + 1;
        HighLevels = gamma2Divisor / 2;
        EtaBits = eta == 2 ? 3 : 4;
        ZBits = gamma1Exponent + 1;
        HighBits = gamma2Divisor == 88 ? 6 : 4;
    }

    public string Name { get; }

    /// <summary>k: rows of A, polynomials of s2, t and w.</summary>
    public int Rows { get; }

    /// <summary>l: columns of A, polynomials of s1, y and z.</summary>
    public int Columns { get; }

    /// <summary>Largest coefficient of s1 and s2.</summary>
    public int Eta { get; }

    /// <summary>Number of coefficients of the challenge that are not zero.</summary>
    public int Tau { get; }

    /// <summary>Largest number of ones in the hint.</summary>
    public int Omega { get; }

    /// <summary>Largest coefficient of y.</summary>
    public int Gamma1 { get; }

    /// <summary>Half the width of a low part.</summary>
    public int Gamma2 { get; }

    /// <summary>ceil(2^43 / (2 gamma2)), to divide without a division.</summary>
    public long Gamma2Reciprocal { get; }

    /// <summary>(q - 1) / (2 gamma2): how many values a high part has.</summary>
    public int HighLevels { get; }

    /// <summary>Size of c-tilde, lambda / 4.</summary>
    public int ChallengeSize { get; }

    /// <summary>Bits of a packed coefficient of s1 and s2.</summary>
    public int EtaBits { get; }

    /// <summary>Bits of a packed coefficient of y and z.</summary>
    public int ZBits { get; }

    /// <summary>Bits of a packed coefficient of w1.</summary>
    public int HighBits { get; }

    /// <summary>Largest coefficient of the challenge times s1 or s2.</summary>
    public int Beta => Tau * Eta;

    public int PackedZSize => DsaPacking.PackedSize(ZBits);

    public int PackedSecretSize => DsaPacking.PackedSize(EtaBits);

    public int PackedHighSize => DsaPacking.PackedSize(HighBits);

    public int HintSize => Omega + Rows;

    public int VerificationKeySize => SeedSize + (Rows * DsaPacking.PackedSize(T1Bits));

    public int SigningKeySize =>
        (2 * SeedSize) + HashSize + ((Rows + Columns) * PackedSecretSize) + (Rows * DsaPacking.PackedSize(T0Bits));

    public int SignatureSize => ChallengeSize + (Columns * PackedZSize) + HintSize;
}
