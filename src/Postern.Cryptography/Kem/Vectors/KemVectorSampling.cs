using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary><see cref="KemSampling"/> with <see cref="KeccakLanes"/>: eight seeds at once, and long hashes beside them.</summary>
internal sealed unsafe class KemVectorSampling<TVector>(KeccakLanesPath path)
    where TVector : unmanaged, IKemVector<TVector>
{
    /// <summary>Bytes from the blocks of one polynomial to those of the next: three blocks, and bytes that no candidate comes from.</summary>
    public const int BlocksStride = 576;

    private const int FirstBlocks = 3;
    private const int BlockWords = KeccakRate.Bits128 / sizeof(ulong);
    private const int SeedWords = MLKemParameters.SeedSize / sizeof(ulong);
    private const int Idle = -1;
    private const ulong LastBit = 1UL << 63;

    private readonly KeccakLanes _lanes = new(path);
    private readonly byte[] _blocks = NewBlocks();

    // What each state does: the polynomial it samples, the blocks it has given, the coefficients that came from them.
    private readonly int[] _polynomials = new int[KeccakLanes.Count];
    private readonly int[] _given = new int[KeccakLanes.Count];
    private readonly int[] _accepted = new int[KeccakLanes.Count];

    /// <summary>
    /// <see cref="KemCore.SampleMatrix"/>, and up to two hashes in the first states meanwhile: long ones, which would cost as much by themselves.
    /// </summary>
    public void SampleMatrix(
        ReadOnlySpan<byte> seed, int k, bool transposed, Span<short> matrix, ref KemLaneHash first, ref KemLaneHash second)
    {
        int hashes = second.IsRunning ? 2 : first.IsRunning ? 1 : 0;
        int next = 0;
        _lanes.Lanes(0, KeccakState.LaneCount).Clear();
        _polynomials.AsSpan().Fill(Idle);
        while (true)
        {
            int states = hashes;
            for (int state = hashes; state < KeccakLanes.Count; state++)
            {
                if (_polynomials[state] == Idle && next < k * k)
                {
                    (int row, int column) = Math.DivRem(next, k);
                    StartPolynomial(state, next++, seed, transposed ? row | (column << 8) : column | (row << 8));
                }

                if (_polynomials[state] != Idle) states = state + 1;
            }

            if (states == hashes && !first.IsRunning && !second.IsRunning) return;
            first.Absorb(_lanes, 0);
            second.Absorb(_lanes, 1);
            _lanes.Permute(states);
            first.Take(_lanes, 0);
            second.Take(_lanes, 1);
            for (int state = hashes; state < states; state++)
            {
                if (_polynomials[state] != Idle) TakeBlock(state, matrix);
            }
        }
    }

    /// <inheritdoc cref="KemSampling.Noise"/>
    [SkipLocalsInit]
    public void SampleNoise(ReadOnlySpan<byte> seed, int counter, int eta, Span<short> vector)
    {
        Debug.Assert(eta is 2 or 3, "FIPS 203 has noise of width 2 and 3.");
        Span<byte> stream = stackalloc byte[64 * 3 * KeccakLanes.Count];
        int size = 64 * eta;
        while (!vector.IsEmpty)
        {
            int count = Math.Min(KeccakLanes.Count, vector.Length / KemPolynomial.Length);
            Start(seed, KeccakRate.Bits256);
            for (int i = 0; i < count; i++)
            {
                _lanes.Lane(SeedWords)[i] = (uint)((byte)(counter + i) | (KeccakSponge.ShakeDomain << 8));
            }

            for (int offset = 0; offset < size; offset += KeccakRate.Bits256)
            {
                _lanes.Permute(count);
                int part = Math.Min(KeccakRate.Bits256, size - offset);
                for (int i = 0; i < count; i++) _lanes.CopyTo(i, 0, stream.Slice((i * size) + offset, part));
            }

            Span<short> polynomials = vector[..(count * KemPolynomial.Length)];
            TVector.Decode(stream[..(count * size)], 2 * eta, polynomials);
            KemVectorPolynomial<TVector>.Binomial(polynomials, eta);
            vector = vector[polynomials.Length..];
            counter += count;
        }

        CryptographicOperations.ZeroMemory(stream);
    }

    /// <summary>Erases the states. The blocks are public.</summary>
    public void Clear() => _lanes.Clear();

    private static byte[] NewBlocks()
    {
        byte[] blocks = GC.AllocateArray<byte>(KeccakLanes.Count * BlocksStride, pinned: true);
        blocks.AsSpan().Fill(byte.MaxValue);
        return blocks;
    }

    // All states with the seed, then a lane for the caller, then zeros and the last bit of the padding.
    private void Start(ReadOnlySpan<byte> seed, int rate)
    {
        for (int i = 0; i < SeedWords; i++) _lanes.Lane(i).Fill(BinaryPrimitives.ReadUInt64LittleEndian(seed[(8 * i)..]));
        _lanes.Lanes(SeedWords, KeccakState.LaneCount - SeedWords).Clear();
        _lanes.Lane((rate / sizeof(ulong)) - 1).Fill(LastBit);
    }

    // One state with ρ ‖ j ‖ i.
    private void StartPolynomial(int state, int polynomial, ReadOnlySpan<byte> seed, int indices)
    {
        Span<ulong> words = _lanes.Lanes(0, KeccakState.LaneCount);
        for (int i = SeedWords; i < KeccakState.LaneCount; i++) words[(i * KeccakLanes.Count) + state] = 0;
        for (int i = 0; i < SeedWords; i++)
        {
            words[(i * KeccakLanes.Count) + state] = BinaryPrimitives.ReadUInt64LittleEndian(seed[(i * sizeof(ulong))..]);
        }

        words[(SeedWords * KeccakLanes.Count) + state] = (uint)(indices | (KeccakSponge.ShakeDomain << 16));
        words[((BlockWords - 1) * KeccakLanes.Count) + state] = LastBit;
        _polynomials[state] = polynomial;
        _given[state] = 0;
    }

    // SampleNTT, algorithm 7. Three blocks are enough for 99 polynomials in a hundred; the others go on block by block. What the three
    // blocks store behind the end of a polynomial, the next one overwrites: they come in order.
    private void TakeBlock(int state, Span<short> matrix)
    {
        int number = Math.Min(_given[state]++, FirstBlocks - 1);
        Span<byte> block = _blocks.AsSpan((state * BlocksStride) + (number * KeccakRate.Bits128), KeccakRate.Bits128);
        ReadOnlySpan<ulong> words = _lanes.Lanes(0, BlockWords);
        Span<ulong> blockWords = MemoryMarshal.Cast<byte, ulong>(block);
        for (int i = 0; i < blockWords.Length; i++) blockWords[i] = words[(i * KeccakLanes.Count) + state];
        if (_given[state] < FirstBlocks) return;

        int start = _polynomials[state] * KemPolynomial.Length;
        if (_given[state] == FirstBlocks)
        {
            fixed (byte* blocks = &_blocks[state * BlocksStride])
            fixed (short* coefficients = matrix[start..])
            {
                _accepted[state] = TVector.Accept(blocks, coefficients);
            }
        }
        else
        {
            _accepted[state] = KemSampling.AcceptCandidates(block, matrix.Slice(start, KemPolynomial.Length), _accepted[state]);
        }

        if (_accepted[state] == KemPolynomial.Length) _polynomials[state] = Idle;
    }
}
