using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>Arithmetic modulo q = 3329 on signed 16-bit coefficients, without division and without branches.</summary>
internal static class KemField
{
    /// <summary>The modulus q (FIPS 203 §2.4).</summary>
    public const int Q = 3329;

    /// <summary>2^16 mod q, closest to zero: a Montgomery product with it only reduces.</summary>
    public const int MontgomeryOne = -1044;

    /// <summary>2^32 mod q: a Montgomery product with it multiplies by 2^16.</summary>
    public const int MontgomerySquare = 1353;

    /// <summary>2^32 / 128 mod q: ends the inverse NTT and takes away the 2^-16 of a Montgomery product.</summary>
    public const int InverseNttScale = 1441;

    /// <summary>q^-1 mod 2^16, as a signed number.</summary>
    public const int InverseOfQ = -3327;

    /// <summary>2^26 / q, rounded.</summary>
    public const int BarrettFactor = 20159;

    /// <summary>
    /// <paramref name="a"/>·2^-16 mod q for |a| &lt; q·2^15. The result is between -q and q; its size is at most |a|/2^16 + q/2.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MontgomeryReduce(int a) => (a - ((short)(a * InverseOfQ) * Q)) >> 16;

    /// <summary><paramref name="a"/>·<paramref name="b"/>·2^-16 mod q, in the range of <see cref="MontgomeryReduce"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MontgomeryMultiply(int a, int b) => MontgomeryReduce(a * b);

    /// <summary>The representative of a 16-bit number that is closest to zero, from -(q-1)/2 to (q-1)/2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int BarrettReduce(int a) => a - ((((BarrettFactor * a) + (1 << 25)) >> 26) * Q);

    /// <summary>The representative from 0 to q-1 of a number that <see cref="BarrettReduce"/> gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ToCanonical(int a) => a + ((a >> 31) & Q);
}
