using Postern.Connections;
using Postern.Cryptography;

namespace Postern;

/// <summary>How a server answers.</summary>
public abstract record ServerOptions : ChannelOptions
{
    private const int MaxPreparedKeys = 4096;

    // Keys of this size and more take so long to make that they are made ahead.
    private const int LargeKey = 64 * 1024;

    private protected ServerOptions()
    {
    }

    /// <summary>Limits and deadlines.</summary>
    public ConnectionLimits Limits { get; init; } = ConnectionLimits.Default;

    /// <summary>
    /// Ephemeral KEM keys that are kept ready for each McEliece set, each used once, made again in the background. Default 8: a key takes a
    /// McEliece server 10 to 70 ms and up to 1.37 MB. 0 makes each when it is asked for; other KEMs are quick and never kept ready.
    /// </summary>
    public int PreparedKeys
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxPreparedKeys);
            field = value;
        }
    } = 8;

    /// <summary>
    /// Answer every failed handshake with one and the same code. Default false, as the reference: the codes tell a scanner, who needs no
    /// key to get one, whether a key is known here and has expired. (QSTP §13, QSMP §6 row 20)
    /// </summary>
    public bool HidesFailureReasons { get; init; }

    /// <summary>Keys made ahead for those of the sets that need it; null if none does.</summary>
    internal EphemeralKeyPool? CreateKeyPool(IEnumerable<Suite> suites)
    {
        KemAlgorithm[] slow = [.. suites.Select(suite => suite.Kem).Where(kem => kem.PublicKeySize >= LargeKey).Distinct()];
        return slow.Length == 0 || PreparedKeys == 0 ? null : new EphemeralKeyPool(slow, PreparedKeys);
    }

    // Connection failure, in every protocol. (QSTP §3.2, QSMP §1.4)
    internal byte? OnlyCode => HidesFailureReasons ? (byte)0x04 : null;
}
