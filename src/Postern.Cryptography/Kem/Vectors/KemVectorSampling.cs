using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary><see cref="KemSampling"/> and the two long hashes of a decapsulation with <see cref="KeccakLanes"/>: eight seeds at once.</summary>
internal sealed unsafe class KemVectorSampling<TVector>(KeccakLanesPath path)
    where TVector : unmanaged, IKemVector<TVector>
{
    /// <summary>Bytes from the blocks of one polynomial to those of the next: three blocks, and bytes that no candidate comes from.</summary>
    public const int BlocksStride = 576;

    private const int FirstBlocks = 3;
    private const int SeedLanes = MLKemParameters.SeedSize / sizeof(ulong);
    private const ulong LastBit = 1UL << 63;

    private readonly KeccakLanes _lanes = new(path);
    private readonly byte[] _blocks = NewBlocks();

    /// <inheritdoc cref="KemCore.SampleMatrix"/>
    public void SampleMatrix(ReadOnlySpan<byte> seed, int k, bool transposed, Span<short> matrix)
    {
        for (int first = 0; first < k * k; first += KeccakLanes.Count)
        {
            int count = Math.Min(KeccakLanes.Count, (k * k) - first);
            Start(seed, KeccakRate.Bits128);
            for (int i = 0; i < count; i++)
            {
                (int row, int column) = Math.DivRem(first + i, k);
                int indices = transposed ? row | (column << 8) : column | (row << 8);
                _lanes.Lane(SeedLanes)[i] = (uint)(indices | (KeccakSponge.ShakeDomain << 16));
            }

            SampleUniform(count, matrix[(first * KemPolynomial.Length)..]);
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
                _lanes.Lane(SeedLanes)[i] = (uint)((byte)(counter + i) | (KeccakSponge.ShakeDomain << 8));
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

    /// <inheritdoc cref="KemCore.HashKeyAndCiphertext"/>
    // SHA3-256 and SHAKE256 have blocks of one size. Both inputs end in the same block in every parameter set; other lengths would do too.
    public void HashKeyAndCiphertext(
        ReadOnlySpan<byte> publicKey, Span<byte> hash, ReadOnlySpan<byte> rejectionSeed, ReadOnlySpan<byte> ciphertext, Span<byte> rejection)
    {
        const int Rate = KeccakRate.Bits256;
        _lanes.Lanes(0, KeccakState.LaneCount).Clear();
        int keyLast = publicKey.Length / Rate;
        int ciphertextLast = (rejectionSeed.Length + ciphertext.Length) / Rate;
        _lanes.Xor(1, 0, rejectionSeed);
        int offset = rejectionSeed.Length;
        for (int block = 0; block <= Math.Max(keyLast, ciphertextLast); block++)
        {
            publicKey = Absorb(0, 0, publicKey, block - keyLast, KeccakSponge.Sha3Domain);
            ciphertext = Absorb(1, offset, ciphertext, block - ciphertextLast, KeccakSponge.ShakeDomain);
            offset = 0;
            _lanes.Permute(2);
            if (block == keyLast) _lanes.CopyTo(0, 0, hash);
            if (block == ciphertextLast) _lanes.CopyTo(1, 0, rejection);
        }
    }

    /// <summary>Erases the states. The blocks are public.</summary>
    public void Clear() => _lanes.Clear();

    private static byte[] NewBlocks()
    {
        byte[] blocks = GC.AllocateArray<byte>(KeccakLanes.Count * BlocksStride, pinned: true);
        blocks.AsSpan().Fill(byte.MaxValue);
        return blocks;
    }

    // The next block of one state; the last one, of number zero, is padded.
    private ReadOnlySpan<byte> Absorb(int state, int offset, ReadOnlySpan<byte> data, int number, byte domain)
    {
        int count = Math.Min(KeccakRate.Bits256 - offset, data.Length);
        _lanes.Xor(state, offset, data[..count]);
        if (number == 0)
        {
            _lanes.Xor(state, offset + count, domain);
            _lanes.Xor(state, KeccakRate.Bits256 - 1, 0x80);
        }

        return data[count..];
    }

    // All states with the seed, then a lane for the caller, then zeros and the last bit of the padding.
    private void Start(ReadOnlySpan<byte> seed, int rate)
    {
        for (int i = 0; i < SeedLanes; i++) _lanes.Lane(i).Fill(BinaryPrimitives.ReadUInt64LittleEndian(seed[(8 * i)..]));
        _lanes.Lanes(SeedLanes, KeccakState.LaneCount - SeedLanes).Clear();
        _lanes.Lane((rate / sizeof(ulong)) - 1).Fill(LastBit);
    }

    // SampleNTT, algorithm 7, for the first states. Three blocks are enough for 99 polynomials in a hundred; what a polynomial stores
    // behind its end the next one overwrites.
    private void SampleUniform(int count, Span<short> polynomials)
    {
        Span<int> lengths = stackalloc int[KeccakLanes.Count];
        for (int block = 0; block < FirstBlocks; block++)
        {
            _lanes.Permute(count);
            for (int i = 0; i < count; i++) _lanes.CopyTo(i, 0, Block(i, block));
        }

        int missing = 0;
        fixed (byte* blocks = _blocks)
        fixed (short* coefficients = polynomials)
        {
            for (int i = 0; i < count; i++)
            {
                lengths[i] = TVector.Accept(blocks + (i * BlocksStride), coefficients + (i * KemPolynomial.Length));
                if (lengths[i] < KemPolynomial.Length) missing++;
            }
        }

        while (missing > 0)
        {
            missing = 0;
            _lanes.Permute(count);
            for (int i = 0; i < count; i++)
            {
                if (lengths[i] == KemPolynomial.Length) continue;
                _lanes.CopyTo(i, 0, Block(i, 0));
                lengths[i] = KemSampling.AcceptCandidates(Block(i, 0), KemPolynomial.At(polynomials, i), lengths[i]);
                if (lengths[i] < KemPolynomial.Length) missing++;
            }
        }
    }

    private Span<byte> Block(int state, int number) => _blocks.AsSpan((state * BlocksStride) + (number * KeccakRate.Bits128), KeccakRate.Bits128);
}
