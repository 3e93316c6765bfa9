using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// Classic McEliece as submitted to round 3, with the plaintext confirmation hash that later forms dropped (primitives §9). Draws are
/// 32 bytes δ for a key pair, and 4t bytes (2t where n = 2^m) for every attempt at an error vector.
/// </summary>
internal sealed class McEliece : KemAlgorithm
{
    private const int HashSize = 32;
    private const int MaxErrorSize = 1024;

    // First byte of what is hashed: to the secret of a refused ciphertext, to the shared secret, to C1.
    private const byte RejectionPrefix = 0;
    private const byte SecretPrefix = 1;
    private const byte ConfirmationPrefix = 2;

    private static readonly McElieceParameters Set348864 = new("mceliece348864", N: 3488, M: 12, T: 64)
    {
        Extension = [(3, 1), (1, 1), (0, 2)],
    };

    private static readonly McElieceParameters Set460896 = new("mceliece460896", N: 4608, M: 13, T: 96)
    {
        Extension = [(10, 1), (9, 1), (6, 1), (0, 1)],
    };

    private static readonly McElieceParameters Set6688128 = new("mceliece6688128", N: 6688, M: 13, T: 128)
    {
        Extension = [(7, 1), (2, 1), (1, 1), (0, 1)],
    };

    private static readonly McElieceParameters Set6960119 = new("mceliece6960119", N: 6960, M: 13, T: 119)
    {
        Extension = [(8, 1), (0, 1)],
    };

    private static readonly McElieceParameters Set8192128 = new("mceliece8192128", N: 8192, M: 13, T: 128)
    {
        Extension = [(7, 1), (2, 1), (1, 1), (0, 1)],
    };

    private readonly McElieceParameters _parameters;
    private readonly McElieceCore _core;

    private McEliece(McElieceParameters parameters, McEliecePath path)
        : base(parameters.Name, parameters.PublicKeySize, parameters.SecretKeySize, parameters.CiphertextSize)
    {
        _parameters = parameters;
        _core = McElieceCore.For(parameters.M, path);
    }

    public override string Standard => "Classic McEliece, round 3";

    /// <summary>mceliece348864.</summary>
    public static new KemAlgorithm McEliece348864 { get; } = new McEliece(Set348864, McElieceCore.Fastest);

    /// <summary>mceliece460896.</summary>
    public static new KemAlgorithm McEliece460896 { get; } = new McEliece(Set460896, McElieceCore.Fastest);

    /// <summary>mceliece6688128.</summary>
    public static new KemAlgorithm McEliece6688128 { get; } = new McEliece(Set6688128, McElieceCore.Fastest);

    /// <summary>mceliece6960119.</summary>
    public static new KemAlgorithm McEliece6960119 { get; } = new McEliece(Set6960119, McElieceCore.Fastest);

    /// <summary>mceliece8192128.</summary>
    public static new KemAlgorithm McEliece8192128 { get; } = new McEliece(Set8192128, McElieceCore.Fastest);

    /// <summary>All sets, in the order of the specification.</summary>
    public static IReadOnlyList<McElieceParameters> Sets { get; } = [Set348864, Set460896, Set6688128, Set6960119, Set8192128];

    /// <summary>A set with words of a chosen width.</summary>
    public static KemAlgorithm With(McElieceParameters parameters, McEliecePath path) => new McEliece(parameters, path);

    private protected override void GenerateKeyPairCore(RandomSource random, Span<byte> publicKey, Span<byte> secretKey)
    {
        Span<byte> seed = stackalloc byte[McElieceParameters.SeedSize];
        random.Fill(seed);
        try
        {
            _core.GenerateKeyPair(_parameters, seed, publicKey, secretKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>
    /// Refuses a public key whose rows have bits beyond their last column. The reference then writes zeros to the ciphertext and the
    /// secret before it fails; here nothing is written.
    /// </summary>
    [SkipLocalsInit]
    private protected override bool TryEncapsulateCore(
        RandomSource random, ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        if (!HasNoSpareBits(publicKey)) return false;
        Span<byte> error = stackalloc byte[MaxErrorSize];
        error = error[.._parameters.ErrorSize];
        try
        {
            ErrorVector.Draw(_parameters, random, error);
            _core.Encode(_parameters, publicKey, error, ciphertext[.._parameters.SyndromeSize]);
            Hash(ConfirmationPrefix, error, [], ciphertext[_parameters.SyndromeSize..]);
            Hash(SecretPrefix, error, ciphertext, sharedSecret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(error);
        }

        return true;
    }

    /// <summary>A ciphertext with bits beyond the last of C0 gets a secret of bytes FF, as in the reference.</summary>
    [SkipLocalsInit]
    private protected override bool DecapsulateCore(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        ReadOnlySpan<byte> c0 = ciphertext[.._parameters.SyndromeSize];
        if (SpareBits(_parameters.Rows, c0[^1]) != 0)
        {
            sharedSecret.Fill(byte.MaxValue);
            return false;
        }

        Span<byte> error = stackalloc byte[MaxErrorSize];
        error = error[.._parameters.ErrorSize];
        Span<byte> confirmation = stackalloc byte[HashSize];
        uint accepted;
        try
        {
            accepted = _core.Decode(_parameters, secretKey, c0, error);
            Hash(ConfirmationPrefix, error, [], confirmation);
            accepted &= ConstantTime.EqualMask(ciphertext[_parameters.SyndromeSize..], confirmation);

            // h(1 ‖ e ‖ C0 ‖ C1) or h(0 ‖ s ‖ C0 ‖ C1)
            ConstantTime.Select(accepted, error, secretKey[_parameters.RejectionOffset..], error);
            Hash((byte)(RejectionPrefix + (accepted & (SecretPrefix - RejectionPrefix))), error, ciphertext, sharedSecret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(error);
            CryptographicOperations.ZeroMemory(confirmation);
        }

        return accepted != 0;
    }

    private bool HasNoSpareBits(ReadOnlySpan<byte> publicKey)
    {
        if (_parameters.RowBits % 8 == 0) return true;
        int spare = 0;
        for (int end = _parameters.RowSize; end <= publicKey.Length; end += _parameters.RowSize)
        {
            spare |= SpareBits(_parameters.RowBits, publicKey[end - 1]);
        }

        return spare == 0;
    }

    // The bits of the last byte that do not belong to the given number of bits.
    private static int SpareBits(int bits, byte last) => bits % 8 == 0 ? 0 : last >> (bits % 8);

    // h(x): the first 32 bytes of SHAKE256(x).
    private static void Hash(byte prefix, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash)
    {
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(prefix);
        sponge.Absorb(first);
        sponge.Absorb(second);
        sponge.Squeeze(hash);
        sponge.Clear();
    }
}
