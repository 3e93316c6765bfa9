using System.Diagnostics;

namespace Postern.Cryptography;

/// <summary>
/// The hint at the end of a signature: omega positions, then for each polynomial where its positions end (FIPS 204 §7.1, algorithms
/// 20 and 21). All of it is public.
/// </summary>
internal static class DsaHint
{
    /// <summary>Algorithm 20, HintBitPack. The hints hold at most omega ones.</summary>
    public static void Pack(DsaParameters parameters, ReadOnlySpan<int> hints, Span<byte> destination)
    {
        Debug.Assert(destination.Length == parameters.HintSize, "The hint's size.");
        destination.Clear();
        int index = 0;
        for (int row = 0; row < parameters.Rows; row++)
        {
            ReadOnlySpan<int> rest = hints.Slice(row * DsaPolynomial.Size, DsaPolynomial.Size);
            for (int next = rest.IndexOfAnyExcept(0); next >= 0; next = rest.IndexOfAnyExcept(0))
            {
                rest = rest[(next + 1)..];
                destination[index++] = (byte)(DsaPolynomial.Size - 1 - rest.Length);
            }

            destination[parameters.Omega + row] = (byte)index;
        }
    }

    /// <summary>The checks of algorithm 21, HintBitUnpack: ends in order, positions strictly increasing, the unused ones zero.</summary>
    public static bool IsWellFormed(DsaParameters parameters, ReadOnlySpan<byte> encoded)
    {
        int start = 0;
        for (int row = 0; row < parameters.Rows; row++)
        {
            int end = encoded[parameters.Omega + row];
            if (end < start || end > parameters.Omega) return false;
            for (int i = start + 1; i < end; i++)
            {
                if (encoded[i - 1] >= encoded[i]) return false;
            }

            start = end;
        }

        return !encoded[start..parameters.Omega].ContainsAnyExcept((byte)0);
    }

    /// <summary>Positions of the ones in polynomial <paramref name="row"/> of a well-formed hint.</summary>
    public static ReadOnlySpan<byte> Positions(DsaParameters parameters, ReadOnlySpan<byte> encoded, int row)
    {
        int start = row == 0 ? 0 : encoded[parameters.Omega + row - 1];
        return encoded[start..encoded[parameters.Omega + row]];
    }
}
