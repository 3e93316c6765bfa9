using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>An ML-DSA signing key in its expanded form: 36, 53 and 80 KB.</summary>
internal sealed class DsaMessageSigner : MessageSigner
{
    private readonly MLDsa _algorithm;
    private readonly SecretBytes _head;
    private readonly int[] _polynomials;

    /// <summary>A key of <paramref name="polynomials"/> polynomials, which the algorithm expands into <see cref="Polynomials"/>.</summary>
    public DsaMessageSigner(MLDsa algorithm, ReadOnlySpan<byte> signingKey, int polynomials)
        : base(algorithm)
    {
        _algorithm = algorithm;
        _head = new SecretBytes(signingKey[..DsaExpandedSigningKey.HeadSize]);
        _polynomials = GC.AllocateArray<int>(polynomials * DsaPolynomial.Size, pinned: true);
    }

    /// <summary>The first part of the signing key.</summary>
    internal ReadOnlySpan<byte> Head => _head.Span;

    /// <summary>All that must be erased besides.</summary>
    internal Span<int> Polynomials => _polynomials;

    private protected override void SignCore(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature) =>
        _algorithm.Sign(random, this, message, signature);

    private protected override void Erase()
    {
        _head.Dispose();
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_polynomials.AsSpan()));
    }
}
