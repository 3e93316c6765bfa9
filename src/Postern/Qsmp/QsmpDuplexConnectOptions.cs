namespace Postern.Qsmp;

/// <summary>How a DUPLEX peer connects to another.</summary>
public sealed record QsmpDuplexConnectOptions : ClientOptions
{
    /// <summary>The defaults.</summary>
    public static QsmpDuplexConnectOptions Default { get; } = new();

    internal ChannelContext CreateContext(Suite suite) => CreateContext(mayRatchet: true, QsmpProtocol.HasKeyExchange(suite));

    internal override string Protocol => QsmpProtocol.DuplexName;
}
