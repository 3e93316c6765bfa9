using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>Rijndael with a 256-bit block in counter mode (primitives §5.2, §5.3).</summary>
internal static class RijndaelCounterMode
{
    /// <summary>The fastest path of this machine.</summary>
    public static RijndaelPath Fastest { get; } = Enum.GetValues<RijndaelPath>().Where(IsSupported).Max();

    /// <summary>Whether <paramref name="path"/> runs on this machine at its intended speed.</summary>
    public static bool IsSupported(RijndaelPath path) => path switch
    {
        RijndaelPath.BitSliced64 => true,
        RijndaelPath.BitSliced128 => Vector128.IsHardwareAccelerated,
        RijndaelPath.BitSliced256 => Vector256.IsHardwareAccelerated,
        RijndaelPath.ArmAes => ArmAesUnit.IsSupported,
        RijndaelPath.X86Aes => X86AesUnit.IsSupported,
        RijndaelPath.X86Gfni => RijndaelGfni.IsSupported,
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "Not a path."),
    };

    /// <summary>
    /// XORs the key stream onto <paramref name="input"/> and moves <paramref name="counter"/> past it; a last partial block uses up a
    /// counter as well. <paramref name="output"/> may be <paramref name="input"/> itself.
    /// </summary>
    public static void Xor(
        RijndaelPath path, ReadOnlySpan<byte> roundKeys, Span<byte> counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Debug.Assert(input.Length == output.Length, "One byte out for each byte in.");
        BlockCounter blocks = new(counter);
        int whole = input.Length - (input.Length % RcsParameters.BlockSize);
        XorBlocks(path, roundKeys, ref blocks, input[..whole], output[..whole]);
        if (whole < input.Length)
        {
            Span<byte> last = stackalloc byte[RcsParameters.BlockSize];
            last.Clear();
            input[whole..].CopyTo(last);
            XorBlocks(path, roundKeys, ref blocks, last, last);
            last[..(input.Length - whole)].CopyTo(output[whole..]);
            CryptographicOperations.ZeroMemory(last);
        }

        blocks.Write(counter);
    }

    private static void XorBlocks(
        RijndaelPath path, ReadOnlySpan<byte> roundKeys, ref BlockCounter counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (input.IsEmpty) return;
        switch (path)
        {
            case RijndaelPath.X86Gfni:
                RijndaelGfni.XorBlocks(roundKeys, ref counter, input, output);
                break;
            case RijndaelPath.X86Aes:
                RijndaelAes<X86AesUnit>.XorBlocks(roundKeys, ref counter, input, output);
                break;
            case RijndaelPath.ArmAes:
                RijndaelAes<ArmAesUnit>.XorBlocks(roundKeys, ref counter, input, output);
                break;
            case RijndaelPath.BitSliced256:
                RijndaelBitSliced<BitWord256>.XorBlocks(roundKeys, ref counter, input, output);
                break;
            case RijndaelPath.BitSliced128:
                RijndaelBitSliced<BitWord128>.XorBlocks(roundKeys, ref counter, input, output);
                break;
            case RijndaelPath.BitSliced64:
                RijndaelBitSliced<BitWord64>.XorBlocks(roundKeys, ref counter, input, output);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(path), path, "Not a path.");
        }
    }
}
