namespace Postern.Cryptography;

/// <summary>High and low parts of coefficients and the hints between them (FIPS 204 §7.4). Branch-free where secrets pass.</summary>
internal static class DsaRounding
{
    /// <summary>Bits that a public key leaves out of each coefficient of t.</summary>
    public const int DroppedBits = 13;

    /// <summary>Precision of <see cref="DsaParameters.Gamma2Reciprocal"/>: exact for dividends below 2^24 and divisors below 2^19.</summary>
    public const int ReciprocalShift = 43;

    /// <summary>Algorithm 35, Power2Round: t in [0, q) becomes t1 in place and t0 in (-2^12, 2^12].</summary>
    public static void Power2Round(Span<int> polynomial, Span<int> low)
    {
        low = low[..polynomial.Length];
        for (int i = 0; i < polynomial.Length; i++)
        {
            int high = (polynomial[i] + (1 << (DroppedBits - 1)) - 1) >> DroppedBits;
            low[i] = polynomial[i] - (high << DroppedBits);
            polynomial[i] = high;
        }
    }

    /// <summary>t1 · 2^13.</summary>
    public static void ScaleHigh(Span<int> polynomial)
    {
        foreach (ref int coefficient in polynomial)
        {
            coefficient <<= DroppedBits;
        }
    }

    /// <summary>Algorithm 36, Decompose: w in [0, q) becomes w1 in place and w0 in [-gamma2, gamma2].</summary>
    public static void Decompose(DsaParameters parameters, Span<int> polynomial, Span<int> low)
    {
        int gamma2 = parameters.Gamma2;
        int levels = parameters.HighLevels;
        long reciprocal = parameters.Gamma2Reciprocal;
        low = low[..polynomial.Length];
        for (int i = 0; i < polynomial.Length; i++)
        {
            // r1 = floor((r + gamma2 - 1) / (2 gamma2)), and where that reaches the last multiple, q - 1: r1 = 0, r0 = r - q.
            int high = (int)((polynomial[i] + gamma2 - 1) * reciprocal >> ReciprocalShift);
            int last = (levels - 1 - high) >> 31;
            low[i] = polynomial[i] - (high * 2 * gamma2) + last;
            polynomial[i] = high & ~last;
        }
    }

    /// <summary>
    /// Algorithm 39, MakeHint(-ct0, w - cs2 + ct0), on what <see cref="Decompose"/> gave: <paramref name="low"/> holds w0 - cs2,
    /// below gamma2 - beta, so that <paramref name="high"/> is also the high part of w - cs2. It becomes the hints, 0 or 1.
    /// </summary>
    /// <returns>The number of ones.</returns>
    public static int MakeHint(int gamma2, Span<int> low, ReadOnlySpan<int> ct0, ReadOnlySpan<int> high)
    {
        int ones = 0;
        ct0 = ct0[..low.Length];
        high = high[..low.Length];
        for (int i = 0; i < low.Length; i++)
        {
            // The high part stays for sums in (-gamma2, gamma2], and for -gamma2 when it is 0 (Decompose's wrap at q - 1).
            int sum = low[i] + ct0[i];
            int distance = sum + gamma2;
            int outside = ((gamma2 - sum) >> 31) | (distance >> 31);
            int onEdge = ~((distance | -distance) >> 31) & (-high[i] >> 31);
            low[i] = (outside | onEdge) & 1;
            ones += low[i];
        }

        return ones;
    }

    /// <summary>
    /// Algorithm 40, UseHint, for public values: <paramref name="high"/> and <paramref name="low"/> as <see cref="Decompose"/> gave
    /// them, <paramref name="positions"/> the coefficients whose hint is 1.
    /// </summary>
    public static void UseHint(int levels, Span<int> high, ReadOnlySpan<int> low, ReadOnlySpan<byte> positions)
    {
        foreach (byte position in positions)
        {
            int adjusted = high[position] + (low[position] > 0 ? 1 : -1);
            high[position] = adjusted < 0 ? levels - 1 : adjusted == levels ? 0 : adjusted;
        }
    }
}
