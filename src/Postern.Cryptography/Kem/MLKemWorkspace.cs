using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// Memory of one operation of one parameter set, and the core that works on it. Pinned, so that no copies of secrets stay behind.
/// </summary>
internal sealed class MLKemWorkspace : IWorkspace
{
    // A cache line: no vector then crosses one.
    private const int Alignment = 64;

    private readonly short[] _memory;
    private readonly int _start;
    private readonly int _matrixLength;

    public unsafe MLKemWorkspace(in MLKemParameters parameters, KemPath path, KeccakLanesPath lanes)
    {
        Parameters = parameters;
        Core = KemCore.Create(path, lanes);
        _matrixLength = (parameters.K * parameters.VectorLength) + KemCore.MatrixSlack;
        int secretLength = (3 * parameters.VectorLength) + (3 * KemPolynomial.Length);
        _memory = GC.AllocateArray<short>(_matrixLength + secretLength + (Alignment / sizeof(short)), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _start = (int)((0 - address) & (Alignment - 1)) / sizeof(short);
    }

    public MLKemParameters Parameters { get; }

    public KemCore Core { get; }

    /// <summary>Room for the matrix, which is public.</summary>
    public Span<short> Matrix => _memory.AsSpan(_start, _matrixLength);

    /// <summary>Room for a vector that is sampled first: s or y.</summary>
    public Span<short> Secret => Noise[..Parameters.VectorLength];

    /// <summary>Room for what is sampled after it: e, or e1 and e2, one polynomial more.</summary>
    public Span<short> Error => Noise[Parameters.VectorLength..];

    /// <summary><see cref="Secret"/> and <see cref="Error"/> in one.</summary>
    public Span<short> Noise => Secrets(0, (2 * Parameters.VectorLength) + KemPolynomial.Length);

    /// <summary>Room for a vector that comes out of bytes.</summary>
    public Span<short> Decoded => Secrets(Noise.Length, Parameters.VectorLength);

    /// <summary>Room for a polynomial.</summary>
    public Span<short> Sum => Secrets(3 * Parameters.VectorLength + KemPolynomial.Length, KemPolynomial.Length);

    /// <summary>Room for another polynomial.</summary>
    public Span<short> Message => Secrets(3 * Parameters.VectorLength + (2 * KemPolynomial.Length), KemPolynomial.Length);

    /// <summary>Row <paramref name="index"/> of the matrix.</summary>
    public ReadOnlySpan<short> MatrixRow(int index) => Matrix.Slice(index * Parameters.VectorLength, Parameters.VectorLength);

    /// <summary>Erases all but the matrix.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_memory.AsSpan(_start + _matrixLength)));
        Core.Clear();
    }

    private Span<short> Secrets(int start, int length) => _memory.AsSpan(_start + _matrixLength + start, length);
}
