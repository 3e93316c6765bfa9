using System.Runtime.Intrinsics;

namespace Postern.Cryptography;

/// <summary>
/// What a processor's AES instructions must give for Rijndael with a 256-bit block, kept as two halves of four columns each: AES's own
/// round on one half, and before it the exchange of bytes that makes AES's row shifts of both halves into Rijndael-256's.
/// </summary>
internal interface IAesUnit
{
    /// <summary>Whether this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>
    /// Rijndael-256 rotates the rows of 8 columns by 0, 1, 3, 4 (primitives §5.2); AES rotates rows of 4 columns by 0, 1, 2, 3. Hence
    /// row j, column d of half h, before AES's own shift, must be row j, column ((d - j) mod 4) + 4h + o_j of the block.
    /// </summary>
    static abstract void PrepareRows(ref Vector128<byte> low, ref Vector128<byte> high);

    /// <summary>ShiftRows, SubBytes, MixColumns, then XOR of the round key.</summary>
    static abstract Vector128<byte> Round(Vector128<byte> half, Vector128<byte> roundKey);

    /// <summary>As <see cref="Round"/>, without MixColumns.</summary>
    static abstract Vector128<byte> LastRound(Vector128<byte> half, Vector128<byte> roundKey);
}
