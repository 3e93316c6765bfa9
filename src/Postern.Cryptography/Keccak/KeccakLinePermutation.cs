using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>
/// Keccak-f[1600] of one state in five 512-bit vectors of five lanes (coordinates x, y as in FIPS 202 §3.1, modulo 5). Theta adds up
/// columns, which is XOR between vectors when lane x of each vector holds something of column x. Chi combines neighbours in a row, which
/// is logic between vectors when lane y of each holds something of row y. Lines allow both: vector i holds the places x = i + s·y for a
/// slope s, ordered by x for theta and by y for chi, at the price of a permute between. Pi maps x = i + s·y to x' = i' + s'·y' with
/// s' = 1/(2s + 3) and i' = -2i·s', so the slopes follow each other: rows (as in memory), 0 (columns), 2, 3, 4, 1, rows. Six rounds are one
/// turn; only columns need more work for theta, and only rows for chi.
/// </summary>
internal static unsafe class KeccakLinePermutation
{
    /// <summary>Rounds are done in multiples of this number.</summary>
    public const int RoundsAtOnce = 6;

    // Bits 4a + 2b + c: a ^ b ^ c, and a ^ (~b & c).
    private const byte XorTable = 0b1001_0110;
    private const byte ChiTable = 0b1101_0010;

    /// <summary>Whether this processor has the instructions, and the runtime does not hold 512-bit vectors to be slow.</summary>
    public static bool IsSupported => Avx512F.IsSupported && Vector512.IsHardwareAccelerated;

    /// <summary>Applies rounds to 25 lanes. Nothing of the state is left in other memory.</summary>
    /// <param name="lanes">The state.</param>
    /// <param name="table"><see cref="KeccakLineTable.Start"/>.</param>
    /// <param name="constant">The first round's constant.</param>
    /// <param name="rounds">A multiple of <see cref="RoundsAtOnce"/>.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Permute(ulong* lanes, ulong* table, ulong* constant, int rounds)
    {
        Debug.Assert(rounds % RoundsAtOnce == 0, "Whole turns.");
        Vector512<ulong> a = Vector512.Load(lanes);
        Vector512<ulong> b = Vector512.Load(lanes + 5);
        Vector512<ulong> c = Vector512.Load(lanes + 10);
        Vector512<ulong> d = Vector512.Load(lanes + 15);
        Vector512<ulong> e = Avx512F.PermuteVar8x64(Vector512.Load(lanes + 17), Vector512.Create(3ul, 4, 5, 6, 7, 0, 1, 2));
        for (ulong* end = constant + rounds; constant < end; constant += RoundsAtOnce)
        {
            // From rows to columns.
            Theta(ref a, ref b, ref c, ref d, ref e, table);
            RhoPi(ref a, ref b, ref c, ref d, ref e, table, KeccakLineTable.Rows);
            ChiIota(ref a, ref b, ref c, ref d, ref e, constant);

            // To slope 2: i' = i.
            ThetaOfColumns(ref a, ref b, ref c, ref d, ref e, table);
            RhoPi(ref a, ref b, ref c, ref d, ref e, table, KeccakLineTable.Slope0);
            ChiIota(ref a, ref b, ref c, ref d, ref e, constant + 1);
            OrderByX(ref a, ref b, ref c, ref d, ref e, table, KeccakLineTable.Slope0);

            // To slope 3: i' = 4i.
            Theta(ref a, ref b, ref c, ref d, ref e, table);
            RhoPi(ref a, ref b, ref c, ref d, ref e, table, KeccakLineTable.Slope2);
            ChiIota(ref a, ref e, ref d, ref c, ref b, constant + 2);
            OrderByX(ref a, ref e, ref d, ref c, ref b, table, KeccakLineTable.Slope2);

            // To slope 4: i' = 2i.
            Theta(ref a, ref e, ref d, ref c, ref b, table);
            RhoPi(ref a, ref e, ref d, ref c, ref b, table, KeccakLineTable.Slope3);
            ChiIota(ref a, ref c, ref e, ref b, ref d, constant + 3);
            OrderByX(ref a, ref c, ref e, ref b, ref d, table, KeccakLineTable.Slope3);

            // To slope 1: i' = 3i.
            Theta(ref a, ref c, ref e, ref b, ref d, table);
            RhoPi(ref a, ref c, ref e, ref b, ref d, table, KeccakLineTable.Slope4);
            ChiIota(ref a, ref e, ref d, ref c, ref b, constant + 4);
            OrderByX(ref a, ref e, ref d, ref c, ref b, table, KeccakLineTable.Slope4);

            // To rows: y' = 2i.
            Theta(ref a, ref e, ref d, ref c, ref b, table);
            (a, c, e, b, d) = (Row(a, table, 0), Row(e, table, 1), Row(d, table, 2), Row(c, table, 3), Row(b, table, 4));
            a ^= Vector512.CreateScalar(constant[5]);
        }

        a.Store(lanes);
        b.Store(lanes + 5);
        c.Store(lanes + 10);
        d.GetLower().Store(lanes + 15);
        Avx512F.PermuteVar8x64x2(d, Vector512.Create(2ul, 3, 4, 8, 9, 10, 11, 12), e).Store(lanes + 17);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Theta(
        ref Vector512<ulong> a, ref Vector512<ulong> b, ref Vector512<ulong> c, ref Vector512<ulong> d, ref Vector512<ulong> e, ulong* table)
    {
        Vector512<ulong> sum = Xor(Xor(a, b, c), d, e);
        Vector512<ulong> left = Order(sum, table, KeccakLineTable.Left);
        Vector512<ulong> right = Order(Avx512F.RotateLeft(sum, 1), table, KeccakLineTable.Right);
        a = Xor(a, left, right);
        b = Xor(b, left, right);
        c = Xor(c, left, right);
        d = Xor(d, left, right);
        e = Xor(e, left, right);
    }

    // Vectors are columns, lanes their rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ThetaOfColumns(
        ref Vector512<ulong> a, ref Vector512<ulong> b, ref Vector512<ulong> c, ref Vector512<ulong> d, ref Vector512<ulong> e, ulong* table)
    {
        Vector512<ulong> sumA = SumOfLanes(a, table);
        Vector512<ulong> sumB = SumOfLanes(b, table);
        Vector512<ulong> sumC = SumOfLanes(c, table);
        Vector512<ulong> sumD = SumOfLanes(d, table);
        Vector512<ulong> sumE = SumOfLanes(e, table);
        a = Xor(a, sumE, Avx512F.RotateLeft(sumB, 1));
        b = Xor(b, sumA, Avx512F.RotateLeft(sumC, 1));
        c = Xor(c, sumB, Avx512F.RotateLeft(sumD, 1));
        d = Xor(d, sumC, Avx512F.RotateLeft(sumE, 1));
        e = Xor(e, sumD, Avx512F.RotateLeft(sumA, 1));
    }

    // In every lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> SumOfLanes(Vector512<ulong> column, ulong* table)
    {
        Vector512<ulong> pairs = column ^ Order(column, table, KeccakLineTable.After1);
        return Xor(pairs, Order(pairs, table, KeccakLineTable.After2), Order(column, table, KeccakLineTable.After4));
    }

    // The lines of one slope in the order of i; afterwards lanes are rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RhoPi(
        ref Vector512<ulong> a, ref Vector512<ulong> b, ref Vector512<ulong> c, ref Vector512<ulong> d, ref Vector512<ulong> e,
        ulong* table, int slope)
    {
        a = Order(Rotate(a, table, slope), table, slope + 5);
        b = Order(Rotate(b, table, slope + 1), table, slope + 6);
        c = Order(Rotate(c, table, slope + 2), table, slope + 7);
        d = Order(Rotate(d, table, slope + 3), table, slope + 8);
        e = Order(Rotate(e, table, slope + 4), table, slope + 9);
    }

    // The lines of one slope in the order of i, lanes are rows. The constant goes to x = y = 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ChiIota(
        ref Vector512<ulong> a, ref Vector512<ulong> b, ref Vector512<ulong> c, ref Vector512<ulong> d, ref Vector512<ulong> e, ulong* constant)
    {
        Vector512<ulong> newA = Chi(a ^ Vector512.CreateScalar(*constant), b, c);
        Vector512<ulong> newB = Chi(b, c, d);
        c = Chi(c, d, e);
        d = Chi(d, e, a);
        e = Chi(e, a, b);
        a = newA;
        b = newB;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OrderByX(
        ref Vector512<ulong> a, ref Vector512<ulong> b, ref Vector512<ulong> c, ref Vector512<ulong> d, ref Vector512<ulong> e,
        ulong* table, int slope)
    {
        a = Order(a, table, slope + 10);
        b = Order(b, table, slope + 11);
        c = Order(c, table, slope + 12);
        d = Order(d, table, slope + 13);
        e = Order(e, table, slope + 14);
    }

    // Rho, pi and chi of line i of slope 1, which becomes a row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Row(Vector512<ulong> line, ulong* table, int i)
    {
        line = Rotate(line, table, KeccakLineTable.Slope1 + i);
        return Chi(
            Order(line, table, KeccakLineTable.Slope1 + 5 + i),
            Order(line, table, KeccakLineTable.Slope1 + 10 + i),
            Order(line, table, KeccakLineTable.Slope1 + 15 + i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Order(Vector512<ulong> value, ulong* table, int index) =>
        Avx512F.PermuteVar8x64(value, Vector512.LoadAligned(table + (index * Vector512<ulong>.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Rotate(Vector512<ulong> value, ulong* table, int index) =>
        Avx512F.RotateLeftVariable(value, Vector512.LoadAligned(table + (index * Vector512<ulong>.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Xor(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) =>
        Avx512F.TernaryLogic(a, b, c, XorTable);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Chi(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) =>
        Avx512F.TernaryLogic(a, b, c, ChiTable);
}
