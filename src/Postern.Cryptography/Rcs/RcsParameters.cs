namespace Postern.Cryptography;

/// <summary>The sizes and options of one form of the RCS authenticated stream cipher (primitives §5). Instances are shared.</summary>
public sealed class RcsParameters
{
    /// <summary>Bytes of a cipher block, of a round key and of the counter.</summary>
    internal const int BlockSize = 32;

    /// <summary>The largest tag of any strength in bytes.</summary>
    internal const int MaxTagSize = 64;

    /// <summary>The largest state of any MAC in bytes.</summary>
    internal const int MaxMacStateSize = KeccakState.SizeInBytes;

    private readonly byte[] _keyScheduleName;

    private RcsParameters(string name, RcsMacKind mac, int keySize, int rate, int rounds, byte keyScheduleId)
    {
        Name = name;
        Mac = mac;
        KeySize = keySize;
        Rate = rate;
        Rounds = rounds;

        // §5.1: 01, eight zero bytes, the strength's number, its text.
        _keyScheduleName = [1, 0, 0, 0, 0, 0, 0, 0, 0, keyScheduleId, .. "RCSK"u8, .. keySize == 32 ? "256"u8 : "512"u8];
    }

    /// <summary>RCS-256: 22 rounds, key, nonce and tag of 32 bytes. QSTP and QSMP Simplex use it.</summary>
    public static RcsParameters Rcs256 { get; } = Create256("RCS-256", RcsMacKind.Kmac, 22);

    /// <summary>RCS-512: 30 rounds, key and tag of 64 bytes, nonce of 32. QSMP Duplex uses it.</summary>
    public static RcsParameters Rcs512 { get; } = Create512("RCS-512", RcsMacKind.Kmac, 30);

    /// <summary>
    /// RCS-256 with 14 rounds, and with 12 instead of 24 rounds of Keccak in its MAC: a smaller margin, for no protocol. Only for a peer
    /// that was built so (a compile-time switch of the reference); nothing here uses it unless it is asked for by this name.
    /// </summary>
    public static RcsParameters Rcs256Reduced { get; } = Create256("RCS-256 with reduced rounds", RcsMacKind.KmacR12, 14);

    /// <summary>RCS-512 with 21 rounds. Otherwise as <see cref="Rcs256Reduced"/>.</summary>
    public static RcsParameters Rcs512Reduced { get; } = Create512("RCS-512 with reduced rounds", RcsMacKind.KmacR12, 21);

    /// <summary>
    /// RCS-256 with QMAC, tag 32 bytes: the reference's default until 2025-03, removed since. <b>Do not choose it.</b> QMAC's
    /// multiplication is wrong and not in a field, one pad serves all tags, and lengths are not covered, so that data that ends in zero
    /// bytes can have the same tag as shorter data. Only for a peer that knows nothing else; nothing here uses it unless it is asked for
    /// by this name.
    /// </summary>
    public static RcsParameters Rcs256Qmac { get; } = Create256("RCS-256 with QMAC", RcsMacKind.Qmac, 22);

    /// <summary>RCS-512 with QMAC, tag 32 bytes all the same. Otherwise as <see cref="Rcs256Qmac"/>: <b>do not choose it</b>.</summary>
    public static RcsParameters Rcs512Qmac { get; } = Create512("RCS-512 with QMAC", RcsMacKind.Qmac, 30);

    /// <summary>The cipher's name, such as <c>RCS-256</c>.</summary>
    public string Name { get; }

    /// <summary>Size of the key in bytes.</summary>
    public int KeySize { get; }

    /// <summary>Size of the nonce, the first value of the counter, in bytes: 32.</summary>
    public int NonceSize { get; } = BlockSize;

    /// <summary>Size of the tag in bytes: the key's size, but 32 with QMAC.</summary>
    public int TagSize => Mac == RcsMacKind.Qmac ? Qmac.TagSize : KeySize;

    /// <summary>What makes the tags.</summary>
    internal RcsMacKind Mac { get; }

    /// <summary>Rounds of Keccak in the MAC; QMAC has none.</summary>
    internal int MacRounds => Mac == RcsMacKind.KmacR12 ? Kmac.ReducedRounds : KeccakPermutation.StandardRounds;

    /// <summary>Size of the MAC's state in bytes.</summary>
    internal int MacStateSize => Mac == RcsMacKind.Qmac ? Qmac.StateSize : KeccakState.SizeInBytes;

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

    private static RcsParameters Create256(string name, RcsMacKind mac, int rounds) => new(name, mac, 32, KeccakRate.Bits256, rounds, 1);

    private static RcsParameters Create512(string name, RcsMacKind mac, int rounds) => new(name, mac, 64, KeccakRate.Bits512, rounds, 2);
}
