using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>AES-NI, with a blend and a byte shuffle for each half to prepare the rows.</summary>
internal readonly struct X86AesUnit : IAesUnit
{
    public static bool IsSupported => Aes.IsSupported && Sse41.IsSupported;

    // Bytes of a half that come from the other one, in their own column modulo 4: row 1 in column 0, row 2 in columns 0 to 2, row 3 in all.
    private static Vector128<byte> FromOtherHalf => Vector128.Create(
        0, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0xFF).AsByte();

    // Row j of column d then comes from column (d - j + o_j) mod 4, the rows' offsets o being 0, 1, 3, 4.
    private static Vector128<byte> Columns => Vector128.Create(
        (byte)0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrepareRows(ref Vector128<byte> low, ref Vector128<byte> high)
    {
        Vector128<byte> blendedLow = Vector128.ConditionalSelect(FromOtherHalf, high, low);
        Vector128<byte> blendedHigh = Vector128.ConditionalSelect(FromOtherHalf, low, high);
        low = Ssse3.Shuffle(blendedLow, Columns);
        high = Ssse3.Shuffle(blendedHigh, Columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Round(Vector128<byte> half, Vector128<byte> roundKey) => Aes.Encrypt(half, roundKey);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastRound(Vector128<byte> half, Vector128<byte> roundKey) => Aes.EncryptLast(half, roundKey);
}
