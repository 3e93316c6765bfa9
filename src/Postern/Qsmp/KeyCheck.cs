namespace Postern.Qsmp;

/// <summary>What is wrong with a key that a caller gives.</summary>
internal static class KeyCheck
{
    /// <summary>The key, if it is labelled for this mode: one key never serves two protocols. (QSMP §6 row 17)</summary>
    public static QsmpPublicKey Require(QsmpPublicKey key, QsmpMode mode)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Mode == mode) return key;
        throw new ArgumentException($"The {key} is not for {mode.ToString().ToUpperInvariant()}.", nameof(key));
    }
}
