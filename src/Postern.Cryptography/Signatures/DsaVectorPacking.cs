using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary><see cref="DsaPacking"/> on vectors. For little-endian machines, which all that have the vectors are.</summary>
internal sealed unsafe class DsaVectorPacking<TVector>
    where TVector : unmanaged, IDsaVector<TVector>
{
    // The last blocks are read from a copy, with room behind it.
    private const int TailSize = 192;

    // For each number of bits the layout of 16 coefficients: four byte indices within a block, and what moves the bits to place 7.
    private const int LayoutGroup = 16;
    private const int LayoutSize = 2 * LayoutGroup;
    private const int CommonShift = 7;

    private readonly int[] _layouts = GC.AllocateArray<int>((DsaSampling.CandidateBits + 1) * LayoutSize, pinned: true);

    // One for each candidate of a block of SHAKE128, and none for what a vector reads behind them.
    private readonly int[] _limits = GC.AllocateArray<int>(DsaSampling.BlockCandidates + LayoutGroup, pinned: true);

    public DsaVectorPacking()
    {
        Span<byte> layouts = MemoryMarshal.AsBytes(_layouts.AsSpan());
        for (int bits = 1; bits <= DsaSampling.CandidateBits; bits++)
        {
            for (int i = 0; i < LayoutGroup; i++)
            {
                int blockStart = ((i & ~3) * bits) >> 3;
                int start = ((i * bits) >> 3) - blockStart;
                for (int j = 0; j < sizeof(int); j++) layouts[(((bits * LayoutSize) + i) * sizeof(int)) + j] = (byte)(start + j);
                _layouts[(bits * LayoutSize) + LayoutGroup + i] = 1 << (CommonShift - ((i * bits) & 7));
            }
        }

        _limits.AsSpan(0, DsaSampling.BlockCandidates).Fill(DsaField.Q);
    }

    /// <inheritdoc cref="DsaPacking.PackUnsigned"/>
    public static void PackUnsigned(ReadOnlySpan<int> polynomial, int bits, Span<byte> destination) =>
        Pack(polynomial, bits, 0, isCentred: false, destination);

    /// <inheritdoc cref="DsaPacking.PackCentred"/>
    public static void PackCentred(ReadOnlySpan<int> polynomial, int bits, int upper, Span<byte> destination) =>
        Pack(polynomial, bits, upper, isCentred: true, destination);

    /// <inheritdoc cref="DsaPacking.UnpackUnsigned"/>
    public void UnpackUnsigned(ReadOnlySpan<byte> source, int bits, Span<int> polynomial) =>
        Unpack(source, bits, 0, isCentred: false, polynomial);

    /// <inheritdoc cref="DsaPacking.UnpackCentred"/>
    public void UnpackCentred(ReadOnlySpan<byte> source, int bits, int upper, Span<int> polynomial) =>
        Unpack(source, bits, upper, isCentred: true, polynomial);

    /// <inheritdoc cref="DsaSampling.TakeUniform"/>
    /// <remarks>Reads up to a vector behind the block.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int TakeUniform(ReadOnlySpan<byte> block, Span<int> polynomial, int count)
    {
        Debug.Assert(block.Length == DsaSampling.PaddedBlockSize && polynomial.Length == DsaPolynomial.Size, "A block, a polynomial.");
        int read = 0;
        fixed (byte* source = block)
        fixed (int* target = polynomial)
        fixed (int* limits = _limits)
        fixed (int* layout = &_layouts[DsaSampling.CandidateBits * LayoutSize])
        {
            // Whole bytes: the layout of all blocks is that of the first.
            TVector indices = TVector.Load(layout);
            TVector mask = TVector.Broadcast(DsaSampling.CandidateMask);
            for (; read < DsaSampling.BlockCandidates && count <= DsaPolynomial.Size - TVector.Count; read += TVector.Count)
            {
                TVector bytes = TVector.LoadBlocks(source + (3 * read), DsaSampling.CandidateBits);
                count += TVector.StoreBelow(TVector.ShuffleBytes(bytes, indices) & mask, TVector.Load(limits + read), target + count);
            }
        }

        return read >= DsaSampling.BlockCandidates ? count : DsaSampling.TakeUniform(block[(3 * read)..DsaSampling.BlockSize], polynomial, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector UnpackVector(byte* source, int bits, int* layout)
    {
        TVector bytes = TVector.ShuffleBytes(TVector.LoadBlocks(source, bits), TVector.Load(layout));
        return (bytes * TVector.Load(layout + LayoutGroup)) >> CommonShift;
    }

    [SkipLocalsInit]
    private void Unpack(ReadOnlySpan<byte> source, int bits, int upper, bool isCentred, Span<int> polynomial)
    {
        Debug.Assert(source.Length == DsaPacking.PackedSize(bits) && polynomial.Length == DsaPolynomial.Size, "One packed polynomial.");

        // A group of 16 coefficients reads 16 bytes from its fourth block on.
        int bytesRead = bits + (bits >> 1) + 16;
        int groupSize = 2 * bits;
        int direct = Math.Max(0, ((source.Length - bytesRead) / groupSize) + 1) * LayoutGroup;
        Span<byte> tail = stackalloc byte[TailSize];
        ReadOnlySpan<byte> rest = source[(direct * bits >> 3)..];
        rest.CopyTo(tail);
        UnpackGroups(source, bits, upper, isCentred, polynomial[..direct]);
        UnpackGroups(tail, bits, upper, isCentred, polynomial[direct..]);
        CryptographicOperations.ZeroMemory(tail[..rest.Length]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UnpackGroups(ReadOnlySpan<byte> packed, int bits, int upper, bool isCentred, Span<int> coefficients)
    {
        int length = coefficients.Length;
        TVector mask = TVector.Broadcast((1 << bits) - 1);
        TVector top = TVector.Broadcast(upper);
        TVector sign = TVector.Broadcast(isCentred ? -1 : 0);
        fixed (byte* source = packed)
        fixed (int* target = coefficients)
        fixed (int* layout = &_layouts[bits * LayoutSize])
        {
            for (int i = 0; i < length; i += TVector.Count)
            {
                TVector stored = UnpackVector(source + ((i * bits) >> 3), bits, layout + (i % LayoutGroup)) & mask;
                TVector.Store(top + (stored ^ sign) - sign, target + i);
            }
        }
    }

    // Neighbours are joined while two fit into 32 bits; then four at a time are written.
    [SkipLocalsInit]
    private static void Pack(ReadOnlySpan<int> polynomial, int bits, int upper, bool isCentred, Span<byte> destination)
    {
        Debug.Assert(destination.Length == DsaPacking.PackedSize(bits) && polynomial.Length == DsaPolynomial.Size, "One polynomial.");
        Span<int> joined = stackalloc int[DsaPolynomial.Size];
        Store(polynomial, upper, isCentred, joined);
        int count = DsaPolynomial.Size;
        for (; 2 * bits <= 32; bits *= 2, count /= 2) JoinNeighbours(joined[..count], bits);
        WriteQuadruples(MemoryMarshal.Cast<int, uint>(joined[..count]), bits, destination);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(joined));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Store(ReadOnlySpan<int> polynomial, int upper, bool isCentred, Span<int> stored)
    {
        TVector top = TVector.Broadcast(upper);
        TVector sign = TVector.Broadcast(isCentred ? -1 : 0);
        fixed (int* source = polynomial)
        fixed (int* target = stored)
        {
            for (int i = 0; i < DsaPolynomial.Size; i += TVector.Count)
            {
                TVector.Store(top + (TVector.Load(source + i) ^ sign) - sign, target + i);
            }
        }
    }

    // Half as many elements with twice the bits, in place.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void JoinNeighbours(Span<int> elements, int bits)
    {
        int length = elements.Length;
        fixed (int* p = elements)
        {
            for (int i = 0; i < length; i += 2 * TVector.Count)
            {
                TVector lower = TVector.Load(p + i);
                TVector upper = TVector.Load(p + i + TVector.Count);
                lower |= TVector.ShiftLeftWide(TVector.ShiftRightWide(lower, 32), bits);
                upper |= TVector.ShiftLeftWide(TVector.ShiftRightWide(upper, 32), bits);
                TVector.Store(TVector.EvenElements(lower, upper), p + (i / 2));
            }
        }
    }

    // Four elements of 17 to 32 bits are up to 16 bytes. What is written too far is overwritten, and at the end not written.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteQuadruples(ReadOnlySpan<uint> elements, int bits, Span<byte> destination)
    {
        int size = bits / 2;
        int position = 0;
        for (int i = 0; i + 3 < elements.Length; i += 4, position += size)
        {
            ulong low = elements[i] | ((ulong)elements[i + 1] << bits);
            ulong high = elements[i + 2] | ((ulong)elements[i + 3] << bits);

            // Their 2 · bits join at bit 64 of the quadruple when bits is 32, below it otherwise.
            ulong first = bits == 32 ? low : low | (high << (2 * bits));
            ulong second = bits == 32 ? high : high >> (64 - (2 * bits));
            Span<byte> rest = destination[position..];
            if (rest.Length >= 2 * sizeof(ulong))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(rest, first);
                BinaryPrimitives.WriteUInt64LittleEndian(rest[sizeof(ulong)..], second);
                continue;
            }

            WriteLast(first, second, rest);
        }
    }

    private static void WriteLast(ulong first, ulong second, Span<byte> rest)
    {
        Span<byte> quadruple = stackalloc byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(quadruple, first);
        BinaryPrimitives.WriteUInt64LittleEndian(quadruple[sizeof(ulong)..], second);
        quadruple[..rest.Length].CopyTo(rest);
        CryptographicOperations.ZeroMemory(quadruple);
    }
}
