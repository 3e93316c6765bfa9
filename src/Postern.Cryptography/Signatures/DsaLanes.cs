using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// <see cref="DsaSampling"/> for up to eight polynomials at a time: the states of their hashes and what was squeezed from them. It
/// belongs to a workspace, which erases it.
/// </summary>
internal sealed class DsaLanes
{
    private const int SeedWords = DsaParameters.SeedSize / sizeof(ulong);
    private const int LongSeedWords = DsaParameters.LongSeedSize / sizeof(ulong);

    // Whole blocks of SHAKE256 that hold a packed mask.
    private const int MaskBlocks = (DsaSampling.MaxMaskSize + KeccakRate.Bits256 - 1) / KeccakRate.Bits256;
    private const int RowSize = MaskBlocks * KeccakRate.Bits256;

    private readonly KeccakLanes _states = new();
    private readonly byte[] _output = GC.AllocateArray<byte>(KeccakLanes.Count * RowSize, pinned: true);
    private readonly int[] _counts = new int[KeccakLanes.Count];

    /// <summary>All that must be erased besides the states: what was squeezed from them.</summary>
    internal ReadOnlySpan<byte> Output => _output;

    /// <summary>The states.</summary>
    internal ReadOnlySpan<ulong> States => _states.Memory;

    /// <inheritdoc cref="DsaKernel.ExpandMatrix"/>
    public void ExpandMatrix(DsaKernel kernel, ReadOnlySpan<byte> seed, int columns, Span<int> matrix)
    {
        int size = matrix.Length / DsaPolynomial.Size;
        for (int first = 0; first < size; first += KeccakLanes.Count)
        {
            int count = Math.Min(KeccakLanes.Count, size - first);
            Absorb(seed, SeedWords, KeccakRate.Bits128);
            for (int i = 0; i < count; i++)
            {
                (int row, int column) = Math.DivRem(first + i, columns);
                AbsorbNonce(i, SeedWords, column | (row << 8));
            }

            SampleUniform(kernel, matrix.Slice(first * DsaPolynomial.Size, count * DsaPolynomial.Size));
        }
    }

    /// <inheritdoc cref="DsaKernel.ExpandSecrets"/>
    public void ExpandSecrets(int eta, ReadOnlySpan<byte> seed, int nonce, Span<int> vector)
    {
        int size = vector.Length / DsaPolynomial.Size;
        for (int first = 0; first < size; first += KeccakLanes.Count)
        {
            int count = Math.Min(KeccakLanes.Count, size - first);
            AbsorbLongSeed(seed, nonce + first, count);
            SampleBounded(eta, vector.Slice(first * DsaPolynomial.Size, count * DsaPolynomial.Size));
        }
    }

    /// <inheritdoc cref="DsaKernel.ExpandMasks"/>
    public void ExpandMasks(DsaKernel kernel, DsaParameters parameters, ReadOnlySpan<byte> seed, int nonce, Span<int> vector)
    {
        int count = vector.Length / DsaPolynomial.Size;
        Debug.Assert(count <= KeccakLanes.Count, "A draw has at most seven.");
        AbsorbLongSeed(seed, nonce, count);
        for (int offset = 0; offset < parameters.PackedZSize; offset += KeccakRate.Bits256)
        {
            _states.Permute(count);
            _states.CopyTo(_output.AsSpan(offset), RowSize, KeccakRate.Bits256 / sizeof(ulong));
        }

        for (int i = 0; i < count; i++)
        {
            kernel.UnpackCentred(Row(i)[..parameters.PackedZSize], parameters.ZBits, parameters.Gamma1, DsaPolynomial.At(vector, i));
        }
    }

    /// <summary>Erases everything.</summary>
    public void Clear()
    {
        _states.Clear();
        CryptographicOperations.ZeroMemory(_output);
    }

    private void SampleUniform(DsaKernel kernel, Span<int> vector)
    {
        Span<int> counts = _counts.AsSpan(0, vector.Length / DsaPolynomial.Size);
        counts.Clear();
        while (counts.ContainsAnyExcept(DsaPolynomial.Size))
        {
            _states.Permute(counts.Length);
            _states.CopyTo(_output, RowSize, KeccakRate.Bits128 / sizeof(ulong));
            for (int i = 0; i < counts.Length; i++)
            {
                if (counts[i] == DsaPolynomial.Size) continue;
                counts[i] = kernel.TakeUniform(Row(i)[..DsaSampling.PaddedBlockSize], DsaPolynomial.At(vector, i), counts[i]);
            }
        }
    }

    private void SampleBounded(int eta, Span<int> vector)
    {
        Span<int> counts = _counts.AsSpan(0, vector.Length / DsaPolynomial.Size);
        counts.Clear();
        while (counts.ContainsAnyExcept(DsaPolynomial.Size))
        {
            _states.Permute(counts.Length);
            _states.CopyTo(_output, RowSize, KeccakRate.Bits256 / sizeof(ulong));
            for (int i = 0; i < counts.Length; i++)
            {
                if (counts[i] == DsaPolynomial.Size) continue;
                Span<byte> block = Row(i)[..KeccakRate.Bits256];
                counts[i] = DsaSampling.TakeBounded(eta, block, DsaPolynomial.At(vector, i), counts[i]);
            }
        }
    }

    private void AbsorbLongSeed(ReadOnlySpan<byte> seed, int nonce, int count)
    {
        Absorb(seed, LongSeedWords, KeccakRate.Bits256);
        for (int i = 0; i < count; i++) AbsorbNonce(i, LongSeedWords, nonce + i);
    }

    // The seed in all states, and the last bit of the padding.
    private void Absorb(ReadOnlySpan<byte> seed, int words, int rate)
    {
        _states.Clear();
        for (int i = 0; i < words; i++)
        {
            _states.Lane(i).Fill(BinaryPrimitives.ReadUInt64LittleEndian(seed[(i * sizeof(ulong))..]));
        }

        _states.Lane((rate / sizeof(ulong)) - 1).Fill(1UL << 63);
    }

    // Two bytes and the domain behind the seed.
    private void AbsorbNonce(int state, int seedWords, int nonce) =>
        _states.Lane(seedWords)[state] = (uint)nonce | ((ulong)KeccakSponge.ShakeDomain << 16);

    private Span<byte> Row(int state) => _output.AsSpan(state * RowSize, RowSize);
}
