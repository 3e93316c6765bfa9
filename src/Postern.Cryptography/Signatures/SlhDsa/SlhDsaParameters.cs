namespace Postern.Cryptography;

/// <summary>One row of FIPS 205 §11, table 2, in one of two forms. All sizes follow from it. lg(w) is 4 in every row.</summary>
/// <param name="Form">The standard or the form before it; the table is the same.</param>
/// <param name="Name">The standard's name.</param>
/// <param name="N">Bytes of a hash, a seed and a node.</param>
/// <param name="Layers">d: trees on top of each other.</param>
/// <param name="TreeHeight">h′: height of each of them.</param>
/// <param name="ForestHeight">a: height of a tree of the forest.</param>
/// <param name="ForestTrees">k: trees in the forest.</param>
internal sealed record SlhDsaParameters(
    SlhDsaForm Form, string Name, int N, int Layers, int TreeHeight, int ForestHeight, int ForestTrees)
{
    /// <summary>Largest n.</summary>
    public const int MaxN = 32;

    /// <summary>Largest len: chains of a one-time signature.</summary>
    public const int MaxChains = (2 * MaxN) + ChecksumDigits;

    /// <summary>Largest k.</summary>
    public const int MaxForestTrees = 22;

    /// <summary>Largest height of any tree.</summary>
    public const int MaxHeight = 14;

    /// <summary>Largest m.</summary>
    public const int MaxDigestSize = 47;

    /// <summary>Largest value of a digit of a one-time signature, w - 1: the steps of a whole chain.</summary>
    public const int ChainSteps = 15;

    // len2 of FIPS 205 §5.
    private const int ChecksumDigits = 3;

    public static SlhDsaParameters Shake128s { get; } = new(SlhDsaForm.Fips205, "SLH-DSA-SHAKE-128s", 16, 7, 9, 12, 14);

    public static SlhDsaParameters Shake192s { get; } = new(SlhDsaForm.Fips205, "SLH-DSA-SHAKE-192s", 24, 7, 9, 14, 17);

    public static SlhDsaParameters Shake256s { get; } = new(SlhDsaForm.Fips205, "SLH-DSA-SHAKE-256s", 32, 8, 8, 14, 22);

    public static SlhDsaParameters Round3Shake128s { get; } = Shake128s.InRound3("SPHINCS+-SHAKE256-128s-robust (round 3)");

    public static SlhDsaParameters Round3Shake192s { get; } = Shake192s.InRound3("SPHINCS+-SHAKE256-192s-robust (round 3)");

    public static SlhDsaParameters Round3Shake256s { get; } = Shake256s.InRound3("SPHINCS+-SHAKE256-256s-robust (round 3)");

    /// <summary>n in 64-bit words.</summary>
    public int Words => N / sizeof(ulong);

    /// <summary>len1: digits of a message in a one-time signature.</summary>
    public int MessageDigits => 2 * N;

    /// <summary>len: the message's digits and the checksum's, a chain each.</summary>
    public int Chains => MessageDigits + ChecksumDigits;

    /// <summary>Bytes of the digest that choose the leaves of the forest.</summary>
    public int ForestDigestSize => BytesOf(ForestTrees * ForestHeight);

    /// <summary>Bits of the index of a tree in the lowest layer.</summary>
    public int TreeIndexBits => TreeHeight * (Layers - 1);

    /// <summary>m: the digest that a message is hashed to.</summary>
    public int DigestSize => ForestDigestSize + BytesOf(TreeIndexBits) + BytesOf(TreeHeight);

    /// <summary>SK.seed ‖ SK.prf ‖ PK.seed ‖ PK.root.</summary>
    public int SigningKeySize => 4 * N;

    /// <summary>PK.seed ‖ PK.root.</summary>
    public int VerificationKeySize => 2 * N;

    /// <summary>One tree of the forest: a secret leaf and its authentication path.</summary>
    public int ForestTreeSize => (1 + ForestHeight) * N;

    public int ForestSize => ForestTrees * ForestTreeSize;

    /// <summary>One layer: a one-time signature and its authentication path.</summary>
    public int LayerSize => (Chains + TreeHeight) * N;

    /// <summary>R ‖ the forest ‖ the layers.</summary>
    public int SignatureSize => N + ForestSize + (Layers * LayerSize);

    /// <summary>Whole bytes for some bits.</summary>
    public static int BytesOf(int bits) => (bits + 7) / 8;

    private SlhDsaParameters InRound3(string name) => this with { Form = SlhDsaForm.Round3Robust, Name = name };
}
