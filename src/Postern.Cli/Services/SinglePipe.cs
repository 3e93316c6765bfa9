using System.Net;
using System.Net.Sockets;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Daemons;
using Postern.Cli.Status;
using Postern.Cli.Terminal;
using Postern.Tunneling;

namespace Postern.Cli.Services;

/// <summary>Waits for one peer, and is stdin and stdout to it.</summary>
internal static class SinglePipe
{
    public static async Task<int> RunAsync(
        CommandTerminal terminal, LoadedServer server, IPEndPoint endPoint, DaemonSettings settings, CancellationToken cancellationToken)
    {
        using ReadyFile? ready = ReadyFile.Prepare(settings.ReadyFile);
        EndPoint bound = endPoint;
        await using SecureChannel channel = await AcceptAsync(server, endPoint, Listening, cancellationToken);
        await using StatusSocket? status = StatusSocket.Start(terminal, settings.Command, () => bound.ToString(), () => [channel], () => server.Revocation);
        if (terminal.IsInteractive) terminal.WriteHint($"{channel.PeerIdentity?.Name ?? "A client"} is here, from {channel.RemoteEndPoint}. Ctrl-D ends.");
        using TerminalEnd end = new(terminal.TakeInput(), terminal.RawOutput, () => { }, Timeout.InfiniteTimeSpan);
        await StreamRelay.RunAsync(channel, end, cancellationToken: cancellationToken);
        return ExitCode.Success;

        void Listening(EndPoint address)
        {
            bound = address;
            ready?.Write(address);
        }
    }

    private static async Task<SecureChannel> AcceptAsync(
        LoadedServer server, IPEndPoint endPoint, Action<EndPoint> listening, CancellationToken cancellationToken)
    {
        try
        {
            return await server.AcceptOneAsync(endPoint, listening, cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new CommandException(ExitCode.Channel, $"Cannot listen on {endPoint}: {exception.Message}. Choose another with --listen.");
        }
    }
}
