using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// Decodes C0 to the error vector in constant time. All values over the field elements are in their natural order; only the received
/// and the error bits pass through the Beneš network.
/// </summary>
internal static class GoppaDecoder<TField, TWord, TPair>
    where TField : IBitSlicedField
    where TWord : unmanaged, IBitWord<TWord>
    where TPair : unmanaged, IBitWord<TPair>
{
    private static int M => TField.Degree;

    private static int Words => 1 << (M - 6);

    private static int SyndromeWords => (1 << (M - 11)) * M;

    private static int ScratchSize =>
        (((2 * M) - 1) * Words / 2) + (2 * Words) + (2 * AdditiveFft<TField, TWord>.ValueWords)
        + AdditiveFft<TField, TWord>.ScratchWords + (3 * SyndromeWords)
        + BerlekampMassey<TField, TPair>.ScratchWords;

    /// <summary>The error vector for a syndrome.</summary>
    /// <returns>All ones if it has weight t and this syndrome, zero otherwise.</returns>
    public static uint Decode(McElieceParameters parameters, ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> c0, Span<byte> error)
    {
        using ScratchWords scratch = new(ScratchSize);
        Span<ulong> rest = scratch.Words;
        Span<ulong> controls = Take(ref rest, parameters.Layers * Words / 2);
        Span<ulong> received = Take(ref rest, Words);
        Span<TWord> weights = MemoryMarshal.Cast<ulong, TWord>(Take(ref rest, AdditiveFft<TField, TWord>.ValueWords));
        Span<TWord> values = MemoryMarshal.Cast<ulong, TWord>(Take(ref rest, AdditiveFft<TField, TWord>.ValueWords));
        Span<TWord> temporary = MemoryMarshal.Cast<ulong, TWord>(Take(ref rest, AdditiveFft<TField, TWord>.ScratchWords));
        Span<ulong> located = Take(ref rest, Words);
        Span<ulong> syndromes = Take(ref rest, SyndromeWords);
        Span<ulong> recomputed = Take(ref rest, SyndromeWords);
        Span<ulong> polynomial = Take(ref rest, SyndromeWords / 2);

        ReadGoppa(parameters, secretKey, polynomial);
        Evaluate(parameters, polynomial, weights, temporary);
        InvertSquares(weights, temporary);

        BenesNetwork<TWord>.ReadControls(secretKey.Slice(parameters.ControlOffset, parameters.ControlSize), controls);
        received.Clear();
        ReadBits(c0, received);
        BenesNetwork<TWord>.Undo(controls, received);
        SyndromesOf(parameters, received, weights, values, syndromes, temporary);

        BerlekampMassey<TField, TPair>.Run(parameters.T, syndromes, polynomial, rest);
        Evaluate(parameters, polynomial, values, temporary);
        Roots(values, located);
        SyndromesOf(parameters, located, weights, values, recomputed, temporary);
        BenesNetwork<TWord>.Apply(controls, located);
        WriteBits(located, error);

        uint equal = ConstantTime.EqualMask(MemoryMarshal.AsBytes(syndromes), MemoryMarshal.AsBytes(recomputed));
        return equal & ErrorVector.HasWeight(error, parameters.T);
    }

    private static Span<ulong> Take(ref Span<ulong> rest, int count)
    {
        Span<ulong> taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private static void ReadGoppa(McElieceParameters parameters, ReadOnlySpan<byte> secretKey, Span<ulong> polynomial)
    {
        polynomial.Clear();
        for (int i = 0; i < parameters.T; i++)
        {
            uint coefficient = BinaryPrimitives.ReadUInt16LittleEndian(secretKey[(McElieceParameters.GoppaOffset + (2 * i))..]);
            for (int p = 0; p < M; p++)
            {
                polynomial[(i / 64 * M) + p] |= (ulong)((coefficient >> p) & 1) << (i % 64);
            }
        }
    }

    // The values of x^t + the coefficients below.
    private static void Evaluate(McElieceParameters parameters, Span<ulong> polynomial, Span<TWord> values, Span<TWord> temporary)
    {
        bool full = parameters.T == 1 << parameters.CoefficientBits;
        if (!full) polynomial[parameters.T / 64 * M] |= 1UL << (parameters.T % 64);
        AdditiveFft<TField, TWord>.Evaluate(polynomial, full, values, temporary);
    }

    // 1 / g(α)^2
    private static void InvertSquares(Span<TWord> values, Span<TWord> temporary)
    {
        for (int i = 0; i < values.Length; i += M)
        {
            Span<TWord> group = values.Slice(i, M);
            TField.Square<TWord>(group, group);
            FieldMath<TField>.Inverse<TWord>(group, group, temporary);
        }
    }

    // The sums of α^i / g(α)^2, i below 2t, over the α whose bit is set.
    private static void SyndromesOf(
        McElieceParameters parameters,
        ReadOnlySpan<ulong> bits,
        ReadOnlySpan<TWord> weights,
        Span<TWord> values,
        Span<ulong> syndromes,
        Span<TWord> temporary)
    {
        ReadOnlySpan<TWord> chosen = MemoryMarshal.Cast<ulong, TWord>(bits);
        for (int i = 0; i < chosen.Length; i++)
        {
            for (int p = i * M; p < (i + 1) * M; p++)
            {
                values[p] = weights[p] & chosen[i];
            }
        }

        AdditiveFft<TField, TWord>.SumPowers(values, syndromes, temporary);
        for (int i = 0; i < syndromes.Length; i++)
        {
            int kept = (2 * parameters.T) - (i / M * 64);
            if (kept < 64) syndromes[i] &= (1UL << kept) - 1;
        }
    }

    private static void Roots(ReadOnlySpan<TWord> values, Span<ulong> located)
    {
        Span<TWord> roots = MemoryMarshal.Cast<ulong, TWord>(located);
        for (int i = 0; i < roots.Length; i++)
        {
            TWord any = values[i * M];
            for (int p = 1; p < M; p++)
            {
                any |= values[(i * M) + p];
            }

            roots[i] = any ^ TWord.Broadcast(ulong.MaxValue);
        }
    }

    private static void ReadBits(ReadOnlySpan<byte> bytes, Span<ulong> words)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            words[i / sizeof(ulong)] |= (ulong)bytes[i] << (i % sizeof(ulong) * 8);
        }
    }

    private static void WriteBits(ReadOnlySpan<ulong> words, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(words[i / sizeof(ulong)] >> (i % sizeof(ulong) * 8));
        }
    }
}
