using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// The lane orders and rotation counts of <see cref="KeccakLinePermutation"/>, from the formulas given there: vectors of eight words, of
/// which five are used. All arithmetic on coordinates is modulo 5.
/// </summary>
internal static unsafe class KeccakLineTable
{
    // Numbers of the vectors. A group is five, one for each line.
    public const int Left = 0;
    public const int Right = 1;
    public const int After1 = 2;
    public const int After2 = 3;
    public const int After4 = 4;
    public const int Rows = 5;
    public const int Slope0 = Rows + (2 * Lines);
    public const int Slope2 = Slope0 + (3 * Lines);
    public const int Slope3 = Slope2 + (3 * Lines);
    public const int Slope4 = Slope3 + (3 * Lines);
    public const int Slope1 = Slope4 + (3 * Lines);

    private const int Lines = 5;
    private const int Words = 8;
    private const int Count = Slope1 + (4 * Lines);
    private const int Alignment = 64;

    private static readonly ulong[] Memory = GC.AllocateArray<ulong>((Count * Words) + (Alignment / sizeof(ulong)), pinned: true);

    /// <summary>The first vector, at a cache line's start.</summary>
    public static ulong* Start { get; } = Make();

    // FIPS 202 §3.2.2, table 2: at x + 5y.
    private static ReadOnlySpan<byte> Rotations =>
        [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

    private static ulong* Make()
    {
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Memory));
        ulong* table = (ulong*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
        Put(table, Left, lane => lane - 1);
        Put(table, Right, lane => lane + 1);
        Put(table, After1, lane => lane + 1);
        Put(table, After2, lane => lane + 2);
        Put(table, After4, lane => lane + 4);
        for (int line = 0; line < Lines; line++)
        {
            int i = line;
            PutRotations(table, Rows + i, x => (x, i));
            Put(table, Rows + Lines + i, y => i + (3 * y));
            PutRotations(table, Slope0 + i, y => (i, y));
            Put(table, Slope0 + Lines + i, y => i + (2 * y));
            Put(table, Slope0 + (2 * Lines) + i, x => (x - i) * Inverse(2));
            PutSlope(table, Slope2, 2, i);
            PutSlope(table, Slope3, 3, i);
            PutSlope(table, Slope4, 4, i);
            PutRotations(table, Slope1 + i, x => (x, x - i));
            for (int distance = 0; distance < 3; distance++)
            {
                int d = distance;
                Put(table, Slope1 + ((d + 1) * Lines) + i, x => x + d + i);
            }
        }

        return table;
    }

    // Line i of a slope: its rotations, then the order that leads to lanes y of the next slope, then for line i there the order by x.
    private static void PutSlope(ulong* table, int index, int slope, int i)
    {
        int next = Inverse((2 * slope) + 3);
        PutRotations(table, index + i, x => (x, (x - i) * Inverse(slope)));
        Put(table, index + Lines + i, y => i + (slope * ((-2 * i * next) + (next * y))));
        Put(table, index + (2 * Lines) + i, x => (x - i) * Inverse(next));
    }

    private static void PutRotations(ulong* table, int index, Func<int, (int X, int Y)> place)
    {
        for (int lane = 0; lane < Lines; lane++)
        {
            (int x, int y) = place(lane);
            table[(index * Words) + lane] = Rotations[x + (Lines * Modulo(y))];
        }
    }

    private static void Put(ulong* table, int index, Func<int, int> source)
    {
        for (int lane = 0; lane < Lines; lane++) table[(index * Words) + lane] = (ulong)Modulo(source(lane));
    }

    private static int Modulo(int value) => ((value % Lines) + Lines) % Lines;

    // a^3 = 1/a modulo 5.
    private static int Inverse(int value) => Modulo(value * value * value);
}
