namespace Postern.Cryptography;

/// <summary>The sizes of one strength of the RCS authenticated stream cipher (primitives §5). Instances are shared.</summary>
public sealed class RcsParameters
{
    /// <summary>Bytes of a cipher block, of a round key and of the counter.</summary>
    internal const int BlockSize = 32;

    /// <summary>The largest tag of any strength in bytes.</summary>
    internal const int MaxTagSize = 64;

    private readonly byte[] _keyScheduleName;

    private RcsParameters(string name, int keySize, int rate, int rounds, byte keyScheduleId)
    {
        Name = name;
        KeySize = keySize;
        Rate = rate;
        Rounds = rounds;

        // §5.1: 01, eight zero bytes, the strength's number, its text.
        _keyScheduleName = [1, 0, 0, 0, 0, 0, 0, 0, 0, keyScheduleId, .. "RCSK"u8, .. keySize == 32 ? "256"u8 : "512"u8];
    }

    /// <summary>RCS-256: 22 rounds, key, nonce and tag of 32 bytes. QSTP and QSMP Simplex use it.</summary>
    public static RcsParameters Rcs256 { get; } = new("RCS-256", 32, KeccakRate.Bits256, 22, 1);

    /// <summary>RCS-512: 30 rounds, key and tag of 64 bytes, nonce of 32. QSMP Duplex uses it.</summary>
    public static RcsParameters Rcs512 { get; } = new("RCS-512", 64, KeccakRate.Bits512, 30, 2);

    /// <summary>The cipher's name, such as <c>RCS-256</c>.</summary>
    public string Name { get; }

    /// <summary>Size of the key in bytes.</summary>
    public int KeySize { get; }

    /// <summary>Size of the nonce, the first value of the counter, in bytes: 32.</summary>
    public int NonceSize { get; } = BlockSize;

    /// <summary>Size of the tag in bytes: the key's size.</summary>
    public int TagSize => KeySize;

    /// <summary>Rate of cSHAKE in the key schedule and of KMAC, in bytes.</summary>
    internal int Rate { get; }

    /// <summary>Rounds of the block function.</summary>
    internal int Rounds { get; }

    /// <summary>Size of all round keys in bytes: one more than there are rounds.</summary>
    internal int RoundKeysSize => BlockSize * (Rounds + 1);

    /// <summary>Size of the MAC key in bytes: the key's size.</summary>
    internal int MacKeySize => KeySize;

    /// <summary>The function name N of the key schedule's cSHAKE.</summary>
    internal ReadOnlySpan<byte> KeyScheduleName => _keyScheduleName;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
