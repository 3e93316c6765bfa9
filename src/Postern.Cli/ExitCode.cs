namespace Postern.Cli;

/// <summary>What the command tells its caller. Documented in <c>postern --help</c> and docs/command.md.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The work was done and the answer is no: a certificate that does not verify, a vector that fails.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense, or something needed was not given.</summary>
    public const int Usage = 2;

    /// <summary>The peer or the network: no connection, a failed handshake, a tunnel that broke.</summary>
    public const int Channel = 3;

    /// <summary>A file cannot be read or written, or is not what it should be.</summary>
    public const int File = 4;

    /// <summary>Nothing failed, but something was not checked.</summary>
    public const int Incomplete = 5;

    /// <summary>Ctrl-C or SIGTERM, after cleaning up.</summary>
    public const int Interrupted = 130;
}
