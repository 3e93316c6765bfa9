using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>
/// Eight blocks of Rijndael with a 256-bit block, one 512-bit vector for each row of all of them: byte 8b + c is column c of block b.
/// The rotation of a row's columns is then a byte shuffle, MixColumns is XOR between vectors, and x86's Galois-field instructions give
/// the S-box of 64 bytes at once.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal unsafe struct RijndaelRows
{
    public const int Count = 4;
    public const int Blocks = 8;

    private const int PairSize = 2 * RcsParameters.BlockSize;

    // What follows the inversion in the S-box (FIPS 197 §5.1.1) as the instruction takes it, and the same times 2.
    private const ulong SBoxMatrix = 0xF1E3C78F1F3E7CF8;
    private const ulong DoubledSBoxMatrix = 0xF809E33F771F3E7C;
    private const byte SBoxConstant = 0x63;
    private const byte DoubledSBoxConstant = 0xC6;

    // Bit 4a + 2b + c is a ^ b ^ c.
    private const byte XorTable = 0b1001_0110;

    private Vector512<byte> _row0;
    private Vector512<byte> _row1;
    private Vector512<byte> _row2;
    private Vector512<byte> _row3;

    // Byte 16j + 8b + c of the result is row j, column c of block b: byte 32b + 4c + j.
    private static Vector512<byte> GatherRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            (byte)0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60,
            1, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 53, 57, 61,
            2, 6, 10, 14, 18, 22, 26, 30, 34, 38, 42, 46, 50, 54, 58, 62,
            3, 7, 11, 15, 19, 23, 27, 31, 35, 39, 43, 47, 51, 55, 59, 63);
    }

    // The inverse.
    private static Vector512<byte> GatherColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            (byte)0, 16, 32, 48, 1, 17, 33, 49, 2, 18, 34, 50, 3, 19, 35, 51,
            4, 20, 36, 52, 5, 21, 37, 53, 6, 22, 38, 54, 7, 23, 39, 55,
            8, 24, 40, 56, 9, 25, 41, 57, 10, 26, 42, 58, 11, 27, 43, 59,
            12, 28, 44, 60, 13, 29, 45, 61, 14, 30, 46, 62, 15, 31, 47, 63);
    }

    /// <summary>The next eight counters, without a branch on their value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RijndaelRows FromCounters(ref BlockCounter counter)
    {
        Vector512<ulong> first = Vector512.Create(Vector256.Create(counter.Word0, counter.Word1, counter.Word2, counter.Word3));
        BlockCounter carry = counter.CarryFromWord0();
        Vector512<ulong> carries = Vector512.Create(Vector256.Create(carry.Word0, carry.Word1, carry.Word2, carry.Word3));
        Vector512<ulong> two = Vector512.Create(2ul, 0, 0, 0, 2, 0, 0, 0);
        Vector512<ulong> step = Vector512.Create(0ul, 0, 0, 0, 1, 0, 0, 0);
        RijndaelRows rows;
        rows._row0 = AddToCounters(first, step, carries);
        rows._row1 = AddToCounters(first, step += two, carries);
        rows._row2 = AddToCounters(first, step += two, carries);
        rows._row3 = AddToCounters(first, step + two, carries);
        counter.Add(Blocks);
        rows.Transpose();
        return rows;
    }

    /// <summary>XORs a round key: four words, one for each row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddKey(ulong* key)
    {
        _row0 ^= Broadcast(key[0]);
        _row1 ^= Broadcast(key[1]);
        _row2 ^= Broadcast(key[2]);
        _row3 ^= Broadcast(key[3]);
    }

    /// <summary>
    /// One round but the last. With s = S(x) and t = s0 + s1 + s2 + s3, row j of MixColumns is
    /// 2 s_j + 3 s_(j+1) + s_(j+2) + s_(j+3) = 2 s_j + 2 s_(j+1) + t + s_j.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Round(ulong* key)
    {
        ShiftRows();
        Vector512<byte> doubled0 = DoubledSBox(_row0);
        Vector512<byte> doubled1 = DoubledSBox(_row1);
        Vector512<byte> doubled2 = DoubledSBox(_row2);
        Vector512<byte> doubled3 = DoubledSBox(_row3);
        Substitute();
        Vector512<byte> sum = Xor(_row0, _row1, _row2 ^ _row3);
        _row0 = Xor(_row0, Broadcast(key[0]), Xor(doubled0, doubled1, sum));
        _row1 = Xor(_row1, Broadcast(key[1]), Xor(doubled1, doubled2, sum));
        _row2 = Xor(_row2, Broadcast(key[2]), Xor(doubled2, doubled3, sum));
        _row3 = Xor(_row3, Broadcast(key[3]), Xor(doubled3, doubled0, sum));
    }

    /// <summary>As <see cref="Round"/>, without MixColumns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LastRound(ulong* key)
    {
        ShiftRows();
        Substitute();
        AddKey(key);
    }

    /// <summary>XORs the blocks onto 256 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void XorOnto(byte* source, byte* target)
    {
        RijndaelRows blocks = this;
        blocks.ExchangeQuarters();
        XorPair(blocks._row0, source, target);
        XorPair(blocks._row1, source + PairSize, target + PairSize);
        XorPair(blocks._row2, source + (2 * PairSize), target + (2 * PairSize));
        XorPair(blocks._row3, source + (3 * PairSize), target + (3 * PairSize));
    }

    // Two counters. Not more than one carry out of the low word can happen in eight of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> AddToCounters(Vector512<ulong> first, Vector512<ulong> step, Vector512<ulong> carries)
    {
        Vector512<ulong> sum = first + step;
        Vector512<ulong> wrapped = Avx512F.Permute4x64(Vector512.LessThan(sum, first), 0);
        return (sum + (wrapped & carries)).AsByte();
    }

    // From two blocks a vector to one row a vector.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Transpose()
    {
        _row0 = Avx512Vbmi.PermuteVar64x8(_row0, GatherRows);
        _row1 = Avx512Vbmi.PermuteVar64x8(_row1, GatherRows);
        _row2 = Avx512Vbmi.PermuteVar64x8(_row2, GatherRows);
        _row3 = Avx512Vbmi.PermuteVar64x8(_row3, GatherRows);
        ExchangeQuarters();
    }

    // Quarter j of vector i becomes quarter i of vector j.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ExchangeQuarters()
    {
        Vector512<ulong> low01 = Avx512F.Shuffle4x128(_row0.AsUInt64(), _row1.AsUInt64(), 0b01_00_01_00);
        Vector512<ulong> high01 = Avx512F.Shuffle4x128(_row0.AsUInt64(), _row1.AsUInt64(), 0b11_10_11_10);
        Vector512<ulong> low23 = Avx512F.Shuffle4x128(_row2.AsUInt64(), _row3.AsUInt64(), 0b01_00_01_00);
        Vector512<ulong> high23 = Avx512F.Shuffle4x128(_row2.AsUInt64(), _row3.AsUInt64(), 0b11_10_11_10);
        _row0 = Avx512F.Shuffle4x128(low01, low23, 0b10_00_10_00).AsByte();
        _row1 = Avx512F.Shuffle4x128(low01, low23, 0b11_01_11_01).AsByte();
        _row2 = Avx512F.Shuffle4x128(high01, high23, 0b10_00_10_00).AsByte();
        _row3 = Avx512F.Shuffle4x128(high01, high23, 0b11_01_11_01).AsByte();
    }

    // Primitives §5.2: the columns of rows 1, 2, 3 rotate by 1, 3, 4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ShiftRows()
    {
        _row1 = RotateColumns(_row1, 0x0007060504030201);
        _row2 = RotateColumns(_row2, 0x0201000706050403);
        _row3 = RotateColumns(_row3, 0x0302010007060504);
    }

    // The shuffle is within 16 bytes, two blocks. All eight words are spelled out: the JIT makes one constant of nothing less.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> RotateColumns(Vector512<byte> row, ulong even)
    {
        ulong odd = even + 0x0808080808080808;
        return Avx512BW.Shuffle(row, Vector512.Create(even, odd, even, odd, even, odd, even, odd).AsByte());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Substitute()
    {
        Vector512<byte> matrix = Broadcast(SBoxMatrix);
        _row0 = Gfni.V512.GaloisFieldAffineTransformInverse(_row0, matrix, SBoxConstant);
        _row1 = Gfni.V512.GaloisFieldAffineTransformInverse(_row1, matrix, SBoxConstant);
        _row2 = Gfni.V512.GaloisFieldAffineTransformInverse(_row2, matrix, SBoxConstant);
        _row3 = Gfni.V512.GaloisFieldAffineTransformInverse(_row3, matrix, SBoxConstant);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> DoubledSBox(Vector512<byte> row) =>
        Gfni.V512.GaloisFieldAffineTransformInverse(row, Broadcast(DoubledSBoxMatrix), DoubledSBoxConstant);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Broadcast(ulong word) => Vector512.Create(word).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Xor(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
        Avx512F.TernaryLogic(a, b, c, XorTable);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void XorPair(Vector512<byte> blocks, byte* source, byte* target) =>
        (Avx512Vbmi.PermuteVar64x8(blocks, GatherColumns) ^ Vector512.Load(source)).Store(target);
}
