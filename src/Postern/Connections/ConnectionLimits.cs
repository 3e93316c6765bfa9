namespace Postern;

/// <summary>What a listener allows its peers.</summary>
public sealed record ConnectionLimits
{
    // Two of the largest packets, as the array pool takes them: one network must leave one to the others.
    private const long LeastHandshakeBytes = 4L * 1024 * 1024;

    /// <summary>The defaults.</summary>
    public static ConnectionLimits Default { get; } = new();

    /// <summary>Longest time for a handshake. Default 10 s; 10 ms to 31 days.</summary>
    public TimeSpan HandshakeTimeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// An established connection on which nothing was sent or received for this long is closed. Default one hour; 10 ms to
    /// 31 days, or <see cref="Timeout.InfiniteTimeSpan"/> for never.
    /// </summary>
    public TimeSpan IdleTimeout
    {
        get;
        init => field = OptionCheck.WaitOrInfinite(value);
    } = TimeSpan.FromHours(1);

    /// <summary>Connections at once. Default 16,384. More are refused with the code for too many hosts.</summary>
    public int MaxConnections
    {
        get;
        init => field = OptionCheck.Positive(value);
    } = 16_384;

    /// <summary>Connections at once from one IPv4 address or IPv6 /64 network. Default 8,192.</summary>
    public int MaxConnectionsPerAddress
    {
        get;
        init => field = OptionCheck.Positive(value);
    } = 8_192;

    /// <summary>
    /// New connections a second from one IPv4 address or IPv6 /64 network, as many at a moment. Default 2,048. More are refused with the
    /// code for too many hosts, before they cost a signature.
    /// </summary>
    public int MaxConnectsPerSecondPerAddress
    {
        get;
        init => field = OptionCheck.Positive(value);
    } = 2_048;

    /// <summary>
    /// Unfinished handshakes at once. Default 4,096. When there are more the oldest is dropped: a peer that stalls makes room for one
    /// that does not.
    /// </summary>
    public int MaxPendingHandshakes
    {
        get;
        init => field = OptionCheck.Positive(value);
    } = 4_096;

    /// <summary>
    /// Memory for handshakes with packets of more than 32 KiB at the same moment, in bytes; more of them wait. Each counts from its first such
    /// packet to its end. One IPv4 address or IPv6 /64 network gets half of it at most. Default 256 MiB; at least 4 MiB. Only sets with McEliece have such packets, which take up to 2 MiB each.
    /// </summary>
    public long MaxHandshakeBytes
    {
        get;
        init => field = OptionCheck.AtLeast(value, LeastHandshakeBytes);
    } = 256L * 1024 * 1024;

    /// <summary>Handshakes that may compute keys and signatures at the same moment. Default: the number of processors.</summary>
    public int MaxConcurrentHandshakes
    {
        get;
        init => field = OptionCheck.Positive(value);
    } = Environment.ProcessorCount;
}
