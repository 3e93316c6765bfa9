using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// Key generation from δ (primitives §9). Constant time but for the number of rounds and the step in which a round fails: what a failed
/// round used is not used again.
/// </summary>
internal static class McElieceKeyGenerator<TField, TWord>
    where TField : IBitSlicedField
    where TWord : unmanaged, IBitWord<TWord>
{
    private const byte SeedDomain = 64;

    // Whole vectors of every width.
    private const int RowUnit = 8;

    /// <summary>Makes the key pair of δ.</summary>
    public static void Generate(
        McEliecePath path, McElieceParameters parameters, ReadOnlySpan<byte> seed, Span<byte> publicKey, Span<byte> secretKey)
    {
        using ScratchWords expandedWords = new(ExpandedSize(parameters) / sizeof(ulong) + 1);
        Span<byte> expanded = MemoryMarshal.AsBytes(expandedWords.Words)[..ExpandedSize(parameters)];
        using ScratchWords permutationWords = new(parameters.FieldSize);
        Span<uint> permutation = MemoryMarshal.Cast<ulong, uint>(permutationWords.Words)[..parameters.FieldSize];
        Span<ushort> support = MemoryMarshal.Cast<ulong, ushort>(permutationWords.Words)[(3 * parameters.FieldSize)..];
        using ScratchWords goppaWords = new(parameters.T);
        Span<ushort> goppa = MemoryMarshal.Cast<ulong, ushort>(goppaWords.Words)[..parameters.T];

        Span<byte> delta = secretKey[..McElieceParameters.SeedSize];
        seed.CopyTo(delta);
        while (!TryRound(parameters, delta, expanded, permutation, support, goppa, publicKey))
        {
            expanded[^McElieceParameters.SeedSize..].CopyTo(delta);
        }

        // δ ‖ FF FF FF FF 00 00 00 00 ‖ g ‖ control bits ‖ s
        BinaryPrimitives.WriteUInt64LittleEndian(secretKey[McElieceParameters.SeedSize..], uint.MaxValue);
        for (int i = 0; i < goppa.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(secretKey[(McElieceParameters.GoppaOffset + (2 * i))..], goppa[i]);
        }

        using ScratchWords controlScratch = new(ControlBits.ScratchPerElement * parameters.FieldSize / 2);
        ControlBits.Compute(
            path,
            parameters.M,
            permutation,
            MemoryMarshal.Cast<ulong, uint>(controlScratch.Words),
            secretKey.Slice(parameters.ControlOffset, parameters.ControlSize));
        expanded[..parameters.ErrorSize].CopyTo(secretKey[parameters.RejectionOffset..]);
    }

    private static int ExpandedSize(McElieceParameters parameters) =>
        parameters.ErrorSize + (sizeof(uint) * parameters.FieldSize) + (sizeof(ushort) * parameters.T) + McElieceParameters.SeedSize;

    private static bool TryRound(
        McElieceParameters parameters,
        ReadOnlySpan<byte> delta,
        Span<byte> expanded,
        Span<uint> permutation,
        Span<ushort> support,
        Span<ushort> goppa,
        Span<byte> publicKey)
    {
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(SeedDomain);
        sponge.Absorb(delta);
        sponge.Squeeze(expanded);
        sponge.Clear();

        // s ‖ the numbers that order the field ‖ the element whose minimal polynomial is g ‖ the next δ
        ReadOnlySpan<byte> numbers = expanded.Slice(parameters.ErrorSize, sizeof(uint) * parameters.FieldSize);
        ReadOnlySpan<byte> element = expanded[(parameters.ErrorSize + numbers.Length)..^McElieceParameters.SeedSize];
        return TryOrderField(numbers, permutation, support)
            && TryMakeGoppa(parameters, element, goppa)
            && TryMakePublicKey(parameters, support[..parameters.N], goppa, publicKey);
    }

    // π sorts the numbers.
    private static bool TryOrderField(ReadOnlySpan<byte> numbers, Span<uint> permutation, Span<ushort> support)
    {
        int m = TField.Degree;
        using ScratchWords scratch = new(permutation.Length);
        Span<ulong> keys = scratch.Words;
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(numbers[(sizeof(uint) * i)..]) << m) | (uint)i;
        }

        SortingNetwork.Sort(keys);
        ulong repeated = 0;
        for (int i = 1; i < keys.Length; i++)
        {
            repeated |= (((keys[i] ^ keys[i - 1]) >> m) - 1) >> 63;
        }

        for (int i = 0; i < keys.Length; i++)
        {
            permutation[i] = (uint)keys[i] & ((1u << m) - 1);
            support[i] = (ushort)FieldMath<TField>.Reverse(permutation[i]);
        }

        return repeated == 0;
    }

    private static bool TryMakeGoppa(McElieceParameters parameters, ReadOnlySpan<byte> bytes, Span<ushort> goppa)
    {
        using ScratchWords scratch = new(GoppaPolynomial<TField, TWord>.ScratchWords + parameters.T);
        Span<ushort> element = MemoryMarshal.Cast<ulong, ushort>(scratch.Words[GoppaPolynomial<TField, TWord>.ScratchWords..])[..parameters.T];
        for (int i = 0; i < element.Length; i++)
        {
            element[i] = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(sizeof(ushort) * i)..]) & (parameters.FieldSize - 1));
        }

        return GoppaPolynomial<TField, TWord>.TryCompute(parameters, element, goppa, scratch.Words);
    }

    private static bool TryMakePublicKey(
        McElieceParameters parameters, ReadOnlySpan<ushort> support, ReadOnlySpan<ushort> goppa, Span<byte> publicKey)
    {
        int rows = parameters.Rows;
        int leftStride = StrideOf(rows);
        using ScratchWords left = new((rows * leftStride) + rows + leftStride + ParityMatrix<TField, TWord>.ScratchWords);
        Span<ulong> operations = left.Words[..(rows * leftStride)];
        Span<ulong> repairs = left.Words.Slice(rows * leftStride, rows);
        Span<ulong> groups = left.Words[^ParityMatrix<TField, TWord>.ScratchWords..];
        Span<ulong> pivot = left.Words.Slice(rows * (leftStride + 1), leftStride);
        ParityMatrix<TField, TWord>.Fill(support[..rows], goppa, operations, leftStride, groups);
        if (!Elimination<TWord>.TryReduce(operations, rows, leftStride, repairs, pivot)) return false;

        int stride = StrideOf(parameters.RowBits);
        using ScratchWords right = new((rows * stride) + Elimination<TWord>.ReplayScratch(stride));
        Span<ulong> matrix = right.Words[..(rows * stride)];
        ParityMatrix<TField, TWord>.Fill(support[rows..], goppa, matrix, stride, groups);
        Elimination<TWord>.Replay(operations, leftStride, repairs, rows, matrix, stride, right.Words[(rows * stride)..]);
        for (int i = 0; i < rows; i++)
        {
            WriteRow(matrix.Slice(i * stride, stride), publicKey.Slice(i * parameters.RowSize, parameters.RowSize));
        }

        return true;
    }

    private static int StrideOf(int bits) => (bits + (64 * RowUnit) - 1) / (64 * RowUnit) * RowUnit;

    private static void WriteRow(ReadOnlySpan<ulong> words, Span<byte> row)
    {
        int whole = row.Length / sizeof(ulong);
        for (int i = 0; i < whole; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(row[(sizeof(ulong) * i)..], words[i]);
        }

        for (int i = whole * sizeof(ulong); i < row.Length; i++)
        {
            row[i] = (byte)(words[whole] >> (i % sizeof(ulong) * 8));
        }
    }
}
