namespace Postern.Cli.Posture;

/// <summary>How a server knows who its clients are.</summary>
internal enum PostureAuthentication
{
    /// <summary>It does not: whoever has its public certificate or key gets through.</summary>
    None = 1,

    /// <summary>Clients sign inside the tunnel, with keys that are trusted.</summary>
    ClientProof,

    /// <summary>Both sides prove themselves in the handshake, with keys that are trusted.</summary>
    Duplex,

    /// <summary>Tokens and certificates inside the tunnel, as a root's service has them.</summary>
    Enrolment,
}
