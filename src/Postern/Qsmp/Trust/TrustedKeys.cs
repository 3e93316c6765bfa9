namespace Postern.Qsmp;

/// <summary>
/// The peers that a DUPLEX listener accepts. The first packet names the listener's key, not the sender's, so a listener tells its peers
/// apart by whose key verifies that packet. (QSMP §6, row 23)
/// </summary>
public sealed class TrustedKeys
{
    private readonly Func<IReadOnlyList<QsmpPublicKey>> _query;
    private readonly Func<IReadOnlyList<BrokenKeyFile>> _broken;

    private TrustedKeys(Func<IReadOnlyList<QsmpPublicKey>> query, Func<IReadOnlyList<BrokenKeyFile>>? broken = null)
    {
        _query = query;
        _broken = broken ?? (() => []);
    }

    /// <summary>
    /// Files of the folder that are not used, with the reason, as of its last reading; if the folder itself cannot be read, the folder.
    /// Empty for keys that come from elsewhere.
    /// </summary>
    public IReadOnlyList<BrokenKeyFile> BrokenFiles => _broken();

    /// <summary>What is trusted now.</summary>
    internal IReadOnlyList<QsmpPublicKey> Current => _query();

    /// <summary>These keys and no others.</summary>
    public static TrustedKeys Of(params IEnumerable<QsmpPublicKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        QsmpPublicKey[] fixedKeys = [.. keys];
        if (fixedKeys.Contains(null)) throw new ArgumentException("A key is null.", nameof(keys));
        return new TrustedKeys(() => fixedKeys);
    }

    /// <summary>
    /// The keys in the files <c>*.qpkey</c> of a folder, read anew when one of them changed; looked at once a second at most, when a peer
    /// connects. A broken file is passed over, see <see cref="BrokenFiles"/>. A folder that is missing or cannot be read is an empty one:
    /// nobody is trusted then.
    /// </summary>
    /// <param name="path">The folder. Whoever can write to it decides who is trusted.</param>
    public static TrustedKeys FromFolder(string path) => FromFolder(path, TimeProvider.System);

    /// <summary>The keys that a function answers with. It is asked at each connection, perhaps by several at once, and should be quick.</summary>
    public static TrustedKeys From(Func<IReadOnlyList<QsmpPublicKey>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new TrustedKeys(query);
    }

    /// <summary>Whoever is trusted by any of these.</summary>
    public static TrustedKeys AnyOf(params IEnumerable<TrustedKeys> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        TrustedKeys[] all = [.. sources];
        return new TrustedKeys(() => [.. all.SelectMany(source => source.Current)], () => [.. all.SelectMany(source => source.BrokenFiles)]);
    }

    internal static TrustedKeys FromFolder(string path, TimeProvider clock)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TrustedKeyFolder folder = new(Path.GetFullPath(path), clock);
        return new TrustedKeys(() => folder.Read().Keys, () => folder.Read().Broken);
    }
}
