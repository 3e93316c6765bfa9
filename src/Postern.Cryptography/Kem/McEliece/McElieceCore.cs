using System.Runtime.Intrinsics;

namespace Postern.Cryptography;

/// <summary>The work behind <see cref="McEliece"/> for one field and one width of words.</summary>
internal abstract class McElieceCore
{
    /// <summary>The widest words of this processor.</summary>
    public static McEliecePath Fastest { get; } = Enum.GetValues<McEliecePath>().Where(IsSupported).Max();

    /// <summary>Whether the processor has such words.</summary>
    public static bool IsSupported(McEliecePath path) => path switch
    {
        McEliecePath.Words64 => true,
        McEliecePath.Vector128 => Vector128.IsHardwareAccelerated,
        McEliecePath.Vector256 => Vector256.IsHardwareAccelerated,
        McEliecePath.Vector512 => Vector512.IsHardwareAccelerated,
        _ => false,
    };

    /// <summary>The work for fields of 2^12 or 2^13 elements.</summary>
    public static McElieceCore For(int m, McEliecePath path) => (m, path) switch
    {
        (12, McEliecePath.Words64) => new Core<BitSlicedField12, BitWord64, BitWord64>(path),
        (12, McEliecePath.Vector128) => new Core<BitSlicedField12, BitWord128, BitWord128>(path),
        (12, McEliecePath.Vector256) => new Core<BitSlicedField12, BitWord256, BitWord128>(path),
        (12, McEliecePath.Vector512) => new Core<BitSlicedField12, BitWord512, BitWord128>(path),
        (13, McEliecePath.Words64) => new Core<BitSlicedField13, BitWord64, BitWord64>(path),
        (13, McEliecePath.Vector128) => new Core<BitSlicedField13, BitWord128, BitWord128>(path),
        (13, McEliecePath.Vector256) => new Core<BitSlicedField13, BitWord256, BitWord256>(path),
        (13, McEliecePath.Vector512) => new Core<BitSlicedField13, BitWord512, BitWord256>(path),
        _ => throw new ArgumentOutOfRangeException(nameof(m), m, $"No field with 2^{m} elements."),
    };

    /// <summary>Makes the key pair of δ.</summary>
    public abstract void GenerateKeyPair(
        McElieceParameters parameters, ReadOnlySpan<byte> seed, Span<byte> publicKey, Span<byte> secretKey);

    /// <summary>C0 of an error vector.</summary>
    public abstract void Encode(
        McElieceParameters parameters, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> error, Span<byte> syndrome);

    /// <summary>The error vector of C0.</summary>
    /// <returns>All ones if there is one, zero otherwise.</returns>
    public abstract uint Decode(
        McElieceParameters parameters, ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> syndrome, Span<byte> error);

    private sealed class Core<TField, TWord, TPair>(McEliecePath path) : McElieceCore
        where TField : IBitSlicedField
        where TWord : unmanaged, IBitWord<TWord>
        where TPair : unmanaged, IBitWord<TPair>
    {
        public override void GenerateKeyPair(
            McElieceParameters parameters, ReadOnlySpan<byte> seed, Span<byte> publicKey, Span<byte> secretKey) =>
            McElieceKeyGenerator<TField, TWord>.Generate(path, parameters, seed, publicKey, secretKey);

        public override void Encode(
            McElieceParameters parameters, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> error, Span<byte> syndrome) =>
            SyndromeEncoder<TWord>.Encode(parameters, publicKey, error, syndrome);

        public override uint Decode(
            McElieceParameters parameters, ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> syndrome, Span<byte> error) =>
            GoppaDecoder<TField, TWord, TPair>.Decode(parameters, secretKey, syndrome, error);
    }
}
