namespace Postern.Cryptography;

/// <summary>One row of the table of sets. All sizes follow from it. (primitives §9)</summary>
/// <param name="Name">The standard's name.</param>
/// <param name="N">Length of the code in bits.</param>
/// <param name="M">Degree of the field.</param>
/// <param name="T">Weight of the error vector and degree of the Goppa polynomial.</param>
internal sealed record McElieceParameters(string Name, int N, int M, int T)
{
    /// <summary>Size of δ, of a hash and of the shared secret.</summary>
    public const int SeedSize = 32;

    /// <summary>Size of δ and of the eight bytes after it, where the Goppa polynomial starts in a secret key.</summary>
    public const int GoppaOffset = SeedSize + sizeof(ulong);

    /// <summary>Terms of the extension field's polynomial below y^t: exponent, coefficient.</summary>
    public required IReadOnlyList<(int Exponent, uint Coefficient)> Extension { get; init; }

    /// <summary>2^m, the number of field elements.</summary>
    public int FieldSize => 1 << M;

    /// <summary>m·t, the rows of the parity matrix and the bits of C0.</summary>
    public int Rows => M * T;

    /// <summary>Bits of a row of the public key.</summary>
    public int RowBits => N - Rows;

    /// <summary>Size of a row of the public key.</summary>
    public int RowSize => (RowBits + 7) / 8;

    /// <summary>Size of an error vector.</summary>
    public int ErrorSize => N / 8;

    /// <summary>Size of C0.</summary>
    public int SyndromeSize => (Rows + 7) / 8;

    /// <summary>Layers of the Beneš network.</summary>
    public int Layers => (2 * M) - 1;

    /// <summary>Size of the control bits of the Beneš network, half a bit an element and layer.</summary>
    public int ControlSize => Layers * FieldSize / 16;

    /// <summary>Where the control bits start in a secret key.</summary>
    public int ControlOffset => GoppaOffset + (2 * T);

    /// <summary>Where s starts in a secret key.</summary>
    public int RejectionOffset => ControlOffset + ControlSize;

    public int PublicKeySize => Rows * RowSize;

    public int SecretKeySize => RejectionOffset + ErrorSize;

    public int CiphertextSize => SyndromeSize + SeedSize;

    /// <summary>Random 16-bit numbers drawn for an error vector: as many as needed where none is dropped, twice as many elsewhere.</summary>
    public int DrawnNumbers => N == FieldSize ? T : 2 * T;

    /// <summary>2^(m-6) is the smallest power of two that is no less than t; each of as many coefficients fills a word of values.</summary>
    public int CoefficientBits => M - 6;
}
