using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>Arithmetic modulo q = 2^23 - 2^13 + 1 on signed 32-bit representatives (FIPS 204 §2.3, appendix A). Branch-free.</summary>
internal static class DsaField
{
    public const int Q = 8380417;

    /// <summary>q^-1 mod 2^32.</summary>
    public const int QInverse = 58728449;

    /// <summary>value · 2^-32 mod q, in (-q, q), for |value| &lt; 2^31 · q.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MontgomeryReduce(long value)
    {
        int multiple = (int)value * QInverse;
        return (int)((value - ((long)multiple * Q)) >> 32);
    }

    /// <summary>left · right · 2^-32 mod q, in (-q, q), for |left · right| &lt; 2^31 · q.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MontgomeryMultiply(int left, int right) => MontgomeryReduce((long)left * right);

    /// <summary>
    /// A representative of at most 6283008 in absolute value, for values below 2^31 - 2^22. It is the centred one whenever that
    /// is below q/4, and above every norm bound of the standard otherwise.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Reduce(int value) => value - (((value + (1 << 22)) >> 23) * Q);

    /// <summary>The representative in [0, q) of a value in (-q, q).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ToCanonical(int value) => value + ((value >> 31) & Q);
}
