namespace Postern.Qsmp;

/// <summary>How a SIMPLEX server answers.</summary>
public sealed record QsmpSimplexServerOptions : ServerOptions
{
    /// <summary>
    /// The server's keys; the identity in the client's first packet chooses. Several, of any sets, while an old one runs out. At least
    /// one. They are not disposed of by the server.
    /// </summary>
    public required IReadOnlyList<QsmpPrivateKey> Keys
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Count == 0) throw new ArgumentException("A server needs at least one key.", nameof(value));
            field = value;
        }
    }

    internal override string Protocol => QsmpProtocol.SimplexName;
}
