using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// Eight Keccak states side by side, for hashes that do not depend on each other. Lane i (FIPS 202 §3.1: x + 5y) of all states lies
/// together, so that vector instructions permute several states at the cost of one. Absorb by XOR into the lanes, permute, read the
/// lanes: padding and block boundaries are the caller's. Too large for the stack and pinned, so that no copies of secrets stay behind;
/// <see cref="Clear"/> it after use.
/// </summary>
internal sealed unsafe class KeccakLanes
{
    /// <summary>Number of states.</summary>
    public const int Count = 8;

    private const int HalfCount = Count / 2;
    private const int Size = KeccakState.LaneCount * Count;

    // A cache line: no vector then crosses one.
    private const int Alignment = 64;

    private readonly KeccakLanesPath _path;
    private readonly ulong[] _memory = GC.AllocateArray<ulong>((2 * Size) + (Alignment / sizeof(ulong)), pinned: true);
    private readonly ulong* _lanes;

    /// <summary>Eight zero states, permuted by the fastest path of this machine.</summary>
    public KeccakLanes()
        : this(Fastest)
    {
    }

    /// <summary>Eight zero states, permuted by a chosen path.</summary>
    public KeccakLanes(KeccakLanesPath path)
    {
        _path = path;
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _lanes = (ulong*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>The fastest path of this machine.</summary>
    public static KeccakLanesPath Fastest { get; } = Enum.GetValues<KeccakLanesPath>().Where(IsSupported).Max();

    /// <summary>All that must be erased: the states and what is left of them between two rounds.</summary>
    internal ReadOnlySpan<ulong> Memory => _memory;

    // Where odd rounds go.
    private ulong* Scratch => _lanes + Size;

    /// <summary>Whether <paramref name="path"/> runs on this machine at its intended speed.</summary>
    public static bool IsSupported(KeccakLanesPath path) => path switch
    {
        KeccakLanesPath.Scalar => true,
        KeccakLanesPath.Vector128 => KeccakUnit128.IsSupported,
        KeccakLanesPath.Vector256 => KeccakUnit256.IsSupported,
        KeccakLanesPath.Avx512Half => KeccakUnitAvx512Half.IsSupported,
        KeccakLanesPath.Avx512 => KeccakUnitAvx512.IsSupported && KeccakUnitAvx512Half.IsSupported,
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "Not a path."),
    };

    /// <summary>Lane <paramref name="index"/>: <see cref="Count"/> words, one of each state, as numbers (bytes little-endian).</summary>
    public Span<ulong> Lane(int index) => Lanes(index, 1);

    /// <summary><paramref name="count"/> lanes from <paramref name="index"/> on, one after another.</summary>
    public Span<ulong> Lanes(int index, int count)
    {
        Debug.Assert(index >= 0 && count >= 0 && index + count <= KeccakState.LaneCount, "25 lanes.");
        return new Span<ulong>(_lanes + (index * Count), count * Count);
    }

    /// <summary>XORs a byte into one state at <paramref name="offset"/> bytes.</summary>
    public void Xor(int state, int offset, byte value) => Lane(offset >> 3)[state] ^= (ulong)value << ((offset & 7) << 3);

    /// <summary>XORs <paramref name="data"/> into one state, from <paramref name="offset"/> bytes on.</summary>
    public void Xor(int state, int offset, ReadOnlySpan<byte> data)
    {
        Debug.Assert(offset >= 0 && offset + data.Length <= KeccakState.SizeInBytes, "200 bytes.");
        for (; (offset & 7) == 0 && data.Length >= sizeof(ulong); data = data[sizeof(ulong)..], offset += sizeof(ulong))
        {
            // Word offset / 8 of eight states starts at index offset.
            _lanes[offset + state] ^= BinaryPrimitives.ReadUInt64LittleEndian(data);
        }

        foreach (byte value in data) Xor(state, offset++, value);
    }

    /// <summary>Copies the bytes of one state from <paramref name="offset"/> on.</summary>
    public void CopyTo(int state, int offset, Span<byte> destination)
    {
        Debug.Assert(offset >= 0 && offset + destination.Length <= KeccakState.SizeInBytes, "200 bytes.");
        for (; (offset & 7) == 0 && destination.Length >= sizeof(ulong); destination = destination[sizeof(ulong)..], offset += sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, _lanes[offset + state]);
        }

        for (int i = 0; i < destination.Length; i++, offset++)
        {
            destination[i] = (byte)(Lane(offset >> 3)[state] >> ((offset & 7) << 3));
        }
    }

    /// <summary>
    /// Copies the first <paramref name="words"/> words of all states, one state after another, each <paramref name="stride"/> bytes
    /// behind the one before it.
    /// </summary>
    public void CopyTo(Span<byte> destination, int stride, int words)
    {
        Debug.Assert(words is >= 0 and <= KeccakState.LaneCount, "25 lanes.");
        Debug.Assert(destination.Length >= ((Count - 1) * stride) + (words * sizeof(ulong)), "Room for the last state.");
        int word = 0;
        fixed (byte* target = destination)
        {
            for (; Avx2.IsSupported && word <= words - HalfCount; word += HalfCount)
            {
                ulong* source = _lanes + (word * Count);
                CopyQuarter(source, target + (word * sizeof(ulong)), stride);
                CopyQuarter(source + HalfCount, target + (word * sizeof(ulong)) + (HalfCount * stride), stride);
            }
        }

        for (; word < words; word++)
        {
            for (int state = 0; state < Count; state++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(
                    destination[((state * stride) + (word * sizeof(ulong)))..], _lanes[(word * Count) + state]);
            }
        }
    }

    /// <summary>Makes one state equal to <paramref name="source"/>.</summary>
    public void Set(int state, ref KeccakState source)
    {
        for (int lane = 0; lane < KeccakState.LaneCount; lane++) _lanes[(lane * Count) + state] = source[lane];
    }

    /// <summary>Copies one state to <paramref name="destination"/>.</summary>
    public void Get(int state, ref KeccakState destination)
    {
        for (int lane = 0; lane < KeccakState.LaneCount; lane++) destination[lane] = _lanes[(lane * Count) + state];
    }

    /// <summary>
    /// For the first <paramref name="states"/> states: XORs each block of <paramref name="rate"/> bytes into the state and permutes, for
    /// all blocks in one call. The other states are undefined afterwards. Little-endian processors only.
    /// </summary>
    /// <param name="sources">Where each state's blocks are, for all <see cref="Count"/> states: unused ones must be readable.</param>
    /// <param name="states">Number of states.</param>
    /// <param name="rate">Size of a block, whole words.</param>
    /// <param name="blocks">Number of blocks.</param>
    public void AbsorbBlocks(byte** sources, int states, int rate, int blocks)
    {
        Debug.Assert(BitConverter.IsLittleEndian && rate % sizeof(ulong) == 0, "Whole words.");
        int words = rate / sizeof(ulong);
        for (int offset = 0; offset < blocks * rate; offset += rate)
        {
            if (_path == KeccakLanesPath.Scalar || !Avx2.IsSupported)
            {
                for (int state = 0; state < states; state++) KeccakLanesBlocks.XorWords(_lanes + state, (ulong*)(sources[state] + offset), words);
            }
            else if (_path == KeccakLanesPath.Avx512 && states > HalfCount)
            {
                KeccakLanesBlocks.XorEight(_lanes, sources, offset, words);
            }
            else
            {
                KeccakLanesBlocks.XorFour(_lanes, sources, offset, words);
                if (states > HalfCount) KeccakLanesBlocks.XorFour(_lanes + HalfCount, sources + HalfCount, offset, words);
            }

            Permute(states);
        }
    }

    /// <summary>XORs whole words into one state. Little-endian processors only.</summary>
    public void XorWords(int state, byte* source, int size) =>
        KeccakLanesBlocks.XorWords(_lanes + state, (ulong*)source, size / sizeof(ulong));

    /// <summary>Applies the 24-round permutation to the first <paramref name="states"/> states; the others are undefined afterwards.</summary>
    public void Permute(int states = Count) => PermuteTo(this, states);

    /// <summary>As <see cref="Permute"/>, but the result goes to <paramref name="destination"/> and these states stay as they are.</summary>
    public void PermuteTo(KeccakLanes destination, int states = Count)
    {
        Debug.Assert(states is > 0 and <= Count, "At most eight states.");
        ulong* target = destination._lanes;
        ulong* scratch = destination.Scratch;
        switch (_path)
        {
            case KeccakLanesPath.Avx512 when states > HalfCount:
                KeccakVectorPermutation<KeccakUnitAvx512, Vector512<ulong>>.Permute(_lanes, target, scratch);
                break;
            case KeccakLanesPath.Avx512 or KeccakLanesPath.Avx512Half:
                PermuteHalves<KeccakUnitAvx512Half>(target, scratch, states);
                break;
            case KeccakLanesPath.Vector256:
                PermuteHalves<KeccakUnit256>(target, scratch, states);
                break;
            case KeccakLanesPath.Vector128:
                PermutePairs(target, scratch, states);
                break;
            default:
                PermuteEach(target, states);
                break;
        }
    }

    /// <summary>Erases all states.</summary>
    public void Clear() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_memory.AsSpan()));

    // Four words of four states.
    private static void CopyQuarter(ulong* source, byte* target, int stride)
    {
        Vector256<ulong> w0 = Vector256.Load(source);
        Vector256<ulong> w1 = Vector256.Load(source + Count);
        Vector256<ulong> w2 = Vector256.Load(source + (2 * Count));
        Vector256<ulong> w3 = Vector256.Load(source + (3 * Count));
        Vector256<ulong> even01 = Vector256.Create(w0.GetLower(), w2.GetLower());
        Vector256<ulong> even23 = Vector256.Create(w0.GetUpper(), w2.GetUpper());
        Vector256<ulong> odd01 = Vector256.Create(w1.GetLower(), w3.GetLower());
        Vector256<ulong> odd23 = Vector256.Create(w1.GetUpper(), w3.GetUpper());
        Avx2.UnpackLow(even01, odd01).Store((ulong*)target);
        Avx2.UnpackHigh(even01, odd01).Store((ulong*)(target + stride));
        Avx2.UnpackLow(even23, odd23).Store((ulong*)(target + (2 * stride)));
        Avx2.UnpackHigh(even23, odd23).Store((ulong*)(target + (3 * stride)));
    }

    private void PermuteHalves<TUnit>(ulong* target, ulong* scratch, int states)
        where TUnit : struct, IKeccakUnit<Vector256<ulong>>
    {
        KeccakVectorPermutation<TUnit, Vector256<ulong>>.Permute(_lanes, target, scratch);
        if (states <= HalfCount) return;
        KeccakVectorPermutation<TUnit, Vector256<ulong>>.Permute(_lanes + HalfCount, target + HalfCount, scratch + HalfCount);
    }

    private void PermutePairs(ulong* target, ulong* scratch, int states)
    {
        for (int i = 0; i < states; i += Vector128<ulong>.Count)
        {
            KeccakVectorPermutation<KeccakUnit128, Vector128<ulong>>.Permute(_lanes + i, target + i, scratch + i);
        }
    }

    private void PermuteEach(ulong* target, int states)
    {
        KeccakState state = default;
        for (int i = 0; i < states; i++)
        {
            for (int lane = 0; lane < KeccakState.LaneCount; lane++) state[lane] = _lanes[(lane * Count) + i];
            KeccakPermutation.Permute(KeccakPath.Scalar, ref state, KeccakPermutation.StandardRounds);
            for (int lane = 0; lane < KeccakState.LaneCount; lane++) target[(lane * Count) + i] = state[lane];
        }

        state.Clear();
    }
}
