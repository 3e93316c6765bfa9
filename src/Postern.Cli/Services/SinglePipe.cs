using System.Net;
using System.Net.Sockets;
using System.Text;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Daemons;
using Postern.Cli.Status;
using Postern.Cli.Terminal;
using Postern.Storage;
using Postern.Tunneling;

namespace Postern.Cli.Services;

/// <summary>Waits for one peer, and is stdin and stdout to it.</summary>
internal static class SinglePipe
{
    public static async Task<int> RunAsync(
        CommandTerminal terminal, LoadedServer server, IPEndPoint endPoint, DaemonSettings settings, CancellationToken cancellationToken)
    {
        Task<SecureChannel> accepting = AcceptAsync(server, endPoint, cancellationToken);
        if (settings.ReadyFile is { } path) AtomicFile.WritePublic(path, Encoding.UTF8.GetBytes($"{endPoint}\n"), overwrite: true);
        try
        {
            await using SecureChannel channel = await accepting;
            await using StatusSocket? status = StatusSocket.Start(terminal, settings.Command, () => endPoint.ToString(), () => [channel]);
            if (terminal.IsInteractive) terminal.WriteHint($"{channel.PeerIdentity?.Name ?? "A client"} is here, from {channel.RemoteEndPoint}. Ctrl-D ends.");
            using TerminalEnd end = new(terminal.TakeInput(), terminal.RawOutput, () => { }, outlivesPeer: true);
            await StreamRelay.RunAsync(channel, end, cancellationToken: cancellationToken);
            return ExitCode.Success;
        }
        finally
        {
            if (settings.ReadyFile is { } file) File.Delete(file);
        }
    }

    private static async Task<SecureChannel> AcceptAsync(LoadedServer server, IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            return await server.AcceptOneAsync(endPoint, cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new CommandException(ExitCode.Channel, $"Cannot listen on {endPoint}: {exception.Message}. Choose another with --listen.");
        }
    }
}
