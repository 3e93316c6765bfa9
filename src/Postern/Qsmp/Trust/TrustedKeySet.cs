namespace Postern.Qsmp;

/// <summary>What a trust folder held when it was read.</summary>
internal sealed record TrustedKeySet(IReadOnlyList<QsmpPublicKey> Keys, IReadOnlyList<BrokenKeyFile> Broken)
{
    public static TrustedKeySet Empty { get; } = new([], []);
}
