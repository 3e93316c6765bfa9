using Postern.Tunneling;

namespace Postern.Cli.Commands.Transfers;

/// <summary>What a failed transfer means for the caller.</summary>
internal static class TransferFailure
{
    public static CommandException Of(TransferException exception) => new(CodeOf(exception), exception.Message);

    /// <summary>Whether trying again may help: the connection broke, or the receiver still holds the broken one.</summary>
    public static bool IsTemporary(Exception exception) => exception switch
    {
        TransferException failure => failure.Error is TransferError.Busy or TransferError.Stalled,
        ChannelException failure => failure.Error is ChannelError.ConnectionFailed or ChannelError.ConnectionLost or ChannelError.HandshakeTimeout
            or ChannelError.IdleTimeout or ChannelError.PeerReportedError or ChannelError.TooManyConnections or ChannelError.ChannelClosed,
        _ => false,
    };

    private static int CodeOf(TransferException exception) => exception switch
    {
        { IsFromPeer: true } => ExitCode.Channel,
        {
            Error: TransferError.CannotRead or TransferError.SourceChanged or TransferError.NoSpace
                or TransferError.TargetExists or TransferError.Busy or TransferError.CannotWrite
        } => ExitCode.File,
        _ => ExitCode.Channel,
    };
}
