using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace Postern.Cryptography;

/// <summary>ARM64's AES extension, with one lookup in both halves for each half to prepare the rows.</summary>
internal readonly struct ArmAesUnit : IAesUnit
{
    public static bool IsSupported => ArmAes.IsSupported && AdvSimd.Arm64.IsSupported;

    // Byte indices into both halves together, from the formula at IAesUnit.PrepareRows with h = 0.
    private static Vector128<byte> LowSource => Vector128.Create(
        (byte)0, 17, 22, 23, 4, 5, 26, 27, 8, 9, 14, 31, 12, 13, 18, 19);

    // The same with h = 1.
    private static Vector128<byte> HighSource => LowSource ^ Vector128.Create((byte)16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrepareRows(ref Vector128<byte> low, ref Vector128<byte> high)
    {
        (Vector128<byte>, Vector128<byte>) block = (low, high);
        low = AdvSimd.Arm64.VectorTableLookup(block, LowSource);
        high = AdvSimd.Arm64.VectorTableLookup(block, HighSource);
    }

    // AESE adds its key first, so the round key goes on by itself afterwards.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Round(Vector128<byte> half, Vector128<byte> roundKey) =>
        ArmAes.MixColumns(ArmAes.Encrypt(half, Vector128<byte>.Zero)) ^ roundKey;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastRound(Vector128<byte> half, Vector128<byte> roundKey) =>
        ArmAes.Encrypt(half, Vector128<byte>.Zero) ^ roundKey;
}
