using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// <see cref="KemSampling"/> with <see cref="KeccakLanes"/>: every state takes the next polynomial when it has finished one. Long hashes,
/// which would cost as much by themselves, run in the first states meanwhile.
/// </summary>
internal sealed unsafe class KemVectorSampling<TVector>(KeccakLanesPath path)
    where TVector : unmanaged, IKemVector<TVector>
{
    /// <summary>Bytes from the blocks of one polynomial to those of the next: three blocks, and bytes that no candidate comes from.</summary>
    public const int BlocksStride = 576;

    private const int FirstBlocks = 3;
    private const int LargestNoise = 64 * 3;
    private const int SeedWords = MLKemParameters.SeedSize / sizeof(ulong);
    private const int Idle = -1;
    private const ulong LastBit = 1UL << 63;

    private readonly KeccakLanes _lanes = new(path);
    private readonly byte[] _blocks = NewBlocks();
    private readonly byte[] _noise = GC.AllocateArray<byte>(KeccakLanes.Count * LargestNoise, pinned: true);

    // What each state does: the number of its polynomial, the blocks it has given, the coefficients that came from them.
    private readonly int[] _polynomials = new int[KeccakLanes.Count];
    private readonly int[] _given = new int[KeccakLanes.Count];
    private readonly int[] _accepted = new int[KeccakLanes.Count];

    /// <summary>Does all of <paramref name="work"/>. How long it takes depends on ρ, which is public, and on sizes.</summary>
    public void Run(ref KemSamplingWork work)
    {
        int hashes = work.Hashes;
        int next = 0;
        _lanes.Lanes(0, KeccakState.LaneCount).Clear();
        _polynomials.AsSpan().Fill(Idle);
        while (true)
        {
            next = StartPolynomials(ref work, hashes, next);
            int states = Math.Max(hashes, _polynomials.AsSpan().LastIndexOfAnyExcept(Idle) + 1);
            if (states == hashes && work.Hashes == 0) return;
            work.FirstHash.Absorb(_lanes, 0);
            work.SecondHash.Absorb(_lanes, 1);
            _lanes.Permute(states);
            work.FirstHash.Take(_lanes, 0);
            work.SecondHash.Take(_lanes, 1);
            for (int state = hashes; state < states; state++)
            {
                int polynomial = _polynomials[state];
                if (polynomial == Idle) continue;
                bool done = polynomial < work.Entries
                    ? TakeCandidates(state, work.Matrix[(polynomial * KemPolynomial.Length)..])
                    : TakeNoise(state, work.NoiseWidth, KemPolynomial.At(work.Noise, polynomial - work.Entries));
                if (done) _polynomials[state] = Idle;
            }
        }
    }

    /// <summary>Erases the states and the bits of the noise. The blocks are public.</summary>
    public void Clear()
    {
        _lanes.Clear();
        CryptographicOperations.ZeroMemory(_noise);
    }

    private static byte[] NewBlocks()
    {
        byte[] blocks = GC.AllocateArray<byte>(KeccakLanes.Count * BlocksStride, pinned: true);
        blocks.AsSpan().Fill(byte.MaxValue);
        return blocks;
    }

    // Gives idle states the next polynomials, and tells which comes then.
    private int StartPolynomials(ref KemSamplingWork work, int firstState, int next)
    {
        Span<ulong> suffixes = stackalloc ulong[KeccakLanes.Count];
        int entries = 0;
        int noise = 0;
        for (int state = firstState; state < KeccakLanes.Count && next < work.Polynomials; state++)
        {
            if (_polynomials[state] != Idle) continue;
            if (next < work.Entries)
            {
                // XOF of FIPS 203 §4.1: SHAKE128(ρ ‖ j ‖ i).
                (int row, int column) = Math.DivRem(next, work.K);
                int indices = work.Transposed ? row | (column << 8) : column | (row << 8);
                suffixes[state] = (uint)(indices | (KeccakSponge.ShakeDomain << 16));
                entries |= 1 << state;
            }
            else
            {
                // PRF: SHAKE256(s ‖ b).
                Debug.Assert(work.NoiseWidth is 2 or 3, "FIPS 203 has noise of width 2 and 3.");
                byte counter = (byte)(work.NoiseCounter + next - work.Entries);
                suffixes[state] = (uint)(counter | (KeccakSponge.ShakeDomain << 8));
                noise |= 1 << state;
            }

            _polynomials[state] = next++;
            _given[state] = 0;
        }

        if (entries != 0) Start(entries, work.MatrixSeed, suffixes, KeccakRate.Bits128);
        if (noise != 0) Start(noise, work.NoiseSeed, suffixes, KeccakRate.Bits256);
        return next;
    }

    // A seed, a word with what follows it, and the last bit of the padding, in a set of states. Whole vectors of them are written, as
    // the permutation cannot read what was just written word by word without waiting.
    private void Start(int states, ReadOnlySpan<byte> seed, ReadOnlySpan<ulong> suffixes, int rate)
    {
        Vector512<ulong> bits = Vector512.Create(1UL, 2, 4, 8, 16, 32, 64, 128);
        Vector512<ulong> chosen = Vector512.Equals(Vector512.Create((ulong)states) & bits, bits);
        fixed (ulong* words = _lanes.Lanes(0, KeccakState.LaneCount))
        {
            for (int i = 0; i < KeccakState.LaneCount; i++)
            {
                Set(words, i, chosen, Vector512<ulong>.Zero);
            }

            for (int i = 0; i < SeedWords; i++)
            {
                Set(words, i, chosen, Vector512.Create(BinaryPrimitives.ReadUInt64LittleEndian(seed[(i * sizeof(ulong))..])));
            }

            Set(words, SeedWords, chosen, Vector512.Create(suffixes));
            Set(words, (rate / sizeof(ulong)) - 1, chosen, Vector512.Create(LastBit));
        }
    }

    private static void Set(ulong* words, int index, Vector512<ulong> chosen, Vector512<ulong> value)
    {
        ulong* lane = words + (index * KeccakLanes.Count);
        Vector512.ConditionalSelect(chosen, value, Vector512.Load(lane)).Store(lane);
    }

    // SampleNTT, algorithm 7. Three blocks are enough for 99 polynomials in a hundred; the others go on block by block. What the three
    // blocks store behind the end of a polynomial, the next one overwrites: they come in order.
    private bool TakeCandidates(int state, Span<short> coefficients)
    {
        int number = Math.Min(_given[state]++, FirstBlocks - 1);
        Span<byte> block = _blocks.AsSpan((state * BlocksStride) + (number * KeccakRate.Bits128), KeccakRate.Bits128);
        CopyTo(state, block);
        if (_given[state] > FirstBlocks)
        {
            _accepted[state] = KemSampling.AcceptCandidates(block, coefficients[..KemPolynomial.Length], _accepted[state]);
        }
        else if (_given[state] == FirstBlocks)
        {
            fixed (byte* blocks = &_blocks[state * BlocksStride])
            fixed (short* target = coefficients)
            {
                _accepted[state] = TVector.Accept(blocks, target);
            }
        }

        return _given[state] >= FirstBlocks && _accepted[state] == KemPolynomial.Length;
    }

    // SamplePolyCBD, algorithm 8, of 64·η bytes: numbers of 2·η bits.
    private bool TakeNoise(int state, int eta, Span<short> coefficients)
    {
        Span<byte> stream = _noise.AsSpan(state * LargestNoise, 64 * eta);
        int offset = KeccakRate.Bits256 * _given[state]++;
        CopyTo(state, stream.Slice(offset, Math.Min(KeccakRate.Bits256, stream.Length - offset)));
        if (KeccakRate.Bits256 * _given[state] < stream.Length) return false;
        TVector.Decode(stream, 2 * eta, coefficients);
        KemVectorPolynomial<TVector>.Binomial(coefficients, eta);
        return true;
    }

    // The first words of one state.
    private void CopyTo(int state, Span<byte> destination)
    {
        fixed (ulong* words = _lanes.Lanes(0, KeccakState.LaneCount))
        fixed (byte* bytes = destination)
        {
            ulong* target = (ulong*)bytes;
            ulong* word = words + state;
            for (int i = destination.Length / sizeof(ulong); i > 0; i--, word += KeccakLanes.Count) *target++ = *word;
        }
    }
}
