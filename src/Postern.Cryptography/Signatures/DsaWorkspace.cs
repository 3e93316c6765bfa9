using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// Memory for the polynomials and hashes of one operation: too much for the stack, too often needed for the garbage collector. Pinned, so that
/// no copies of secrets stay behind.
/// </summary>
internal sealed class DsaWorkspace(int polynomials) : IWorkspace
{
    private readonly int[] _coefficients = GC.AllocateArray<int>(polynomials * DsaPolynomial.Size, pinned: true);
    private int _taken;

    /// <summary>For hashing side by side.</summary>
    public DsaLanes Lanes { get; } = new();

    /// <summary>A vector of <paramref name="count"/> polynomials that nobody else has.</summary>
    public Span<int> Take(int count)
    {
        Span<int> vector = _coefficients.AsSpan(_taken, count * DsaPolynomial.Size);
        _taken += vector.Length;
        return vector;
    }

    /// <summary>Erases everything that was taken, the only thing that could be written, and takes it back.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_coefficients.AsSpan(0, _taken)));
        Lanes.Clear();
        _taken = 0;
    }
}
