using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>
/// The reference's product of 256-bit polynomials modulo x^256 + x^19 + 1 (primitives §5.8), word 0 lowest. Two flaws are part of it:
/// that polynomial is reducible, and the products of 128 bits have a wrong middle term.
/// </summary>
internal static class QmacMultiplication<TUnit>
    where TUnit : struct, ICarrylessUnit
{
    /// <summary>y = h · y. In constant time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<ulong> h, Span<ulong> y)
    {
        Words4 low = Multiply128(h[0], h[1], y[0], y[1]);
        Words4 high = Multiply128(h[2], h[3], y[2], y[3]);
        Words4 middle = Multiply128(h[0] ^ h[2], h[1] ^ h[3], y[0] ^ y[2], y[1] ^ y[3]);

        // This step of Karatsuba is right: the middle minus both ends.
        ulong r2 = low.W2 ^ middle.W0 ^ low.W0 ^ high.W0;
        ulong r3 = low.W3 ^ middle.W1 ^ low.W1 ^ high.W1;
        ulong r4 = high.W0 ^ middle.W2 ^ low.W2 ^ high.W2;
        ulong r5 = high.W1 ^ middle.W3 ^ low.W3 ^ high.W3;

        // x^256 = x^19 + 1, for the upper half and once more for what that moves beyond bit 255.
        ulong beyond = high.W3 >>> 45;
        y[0] = low.W0 ^ r4 ^ (r4 << 19) ^ beyond ^ (beyond << 19);
        y[1] = low.W1 ^ r5 ^ ((r5 << 19) | (r4 >>> 45));
        y[2] = r2 ^ high.W2 ^ ((high.W2 << 19) | (r5 >>> 45));
        y[3] = r3 ^ high.W3 ^ ((high.W3 << 19) | (high.W2 >>> 45));
    }

    // With a = a0 + a1·x^64 and b alike the middle term should be a0·b1 + a1·b0; the reference takes (a0 + a1)(b0 + b1) as it is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Words4 Multiply128(ulong a0, ulong a1, ulong b0, ulong b1)
    {
        (ulong low0, ulong low1) = TUnit.Multiply(a0, b0);
        (ulong high0, ulong high1) = TUnit.Multiply(a1, b1);
        (ulong middle0, ulong middle1) = TUnit.Multiply(a0 ^ a1, b0 ^ b1);
        return new Words4(low0, low1 ^ middle0, high0 ^ middle1, high1);
    }

    private readonly record struct Words4(ulong W0, ulong W1, ulong W2, ulong W3);
}
