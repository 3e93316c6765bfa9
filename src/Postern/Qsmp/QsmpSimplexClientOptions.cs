namespace Postern.Qsmp;

/// <summary>How a SIMPLEX client connects.</summary>
public sealed record QsmpSimplexClientOptions : ClientOptions
{
    /// <summary>The defaults.</summary>
    public static QsmpSimplexClientOptions Default { get; } = new();

    /// <summary>
    /// Allow this client to start ratchets. Default false: a reference server drops the connection on one, and the reference's
    /// single-peer listener answers with the wrong keys. (QSMP §2.7)
    /// </summary>
    public bool AllowClientRatchet { get; init; }

    internal ChannelContext CreateContext() => CreateClientContext(AllowClientRatchet);

    internal override string Protocol => QsmpProtocol.SimplexName;
}
