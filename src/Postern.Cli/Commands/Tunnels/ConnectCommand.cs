using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Services;
using Postern.Cli.Status;
using Postern.Cli.Terminal;
using Postern.Qstp.Revocation;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Tunnels;

/// <summary><c>postern connect</c>, <c>message connect</c> and <c>peer dial</c>: stdin and stdout through a channel; at a terminal that is line by line.</summary>
internal static class ConnectCommand
{
    // A pipe that has nothing for so long, after the other side's end, has nothing more. At a terminal someone looks: there it ends at once.
    private static readonly TimeSpan InputPatience = TimeSpan.FromSeconds(5);

    private const string Details =
        """
        The end of stdin (Ctrl-D at a terminal) is passed on; the command ends when the other side does. If that is first, what a file or
        a pipe still has is sent, until there is nothing for five seconds. Exit code 3 says that the
        connection broke off, 5 that --wait was over: what came may not be all. With --reconnect stdin is read line by line, each line is
        a message, and a connection that breaks is made anew, with growing waits. Lines that were sent without an answer are then counted,
        not repeated: nobody knows whether they arrived.

        Examples:
        """;

    public static Command CreateQstp(CommandTerminal terminal) => Create(
        terminal,
        TunnelProtocol.Qstp,
        "connect",
        """
          postern connect gate.example.org --root root.qrr --cert server.qrc
          tar -c notes | postern connect gate.example.org:4443 --root root.qrr --cert server.qrc
        """);

    /// <summary>The command for one protocol.</summary>
    public static Command Create(CommandTerminal terminal, TunnelProtocol protocol, string name, string examples)
    {
        ClientArguments client = new(new ProtocolChoice(protocol));
        Argument<EndPoint?> server = EndPointArgument.RemoteArgument("Where the other side listens.", _ => ProtocolChoice.PortOf(protocol));
        Option<double> wait = SecondsOption.Create(
            "--wait", "After stdin has ended, wait for the other side's end for so long; 0 is for ever. A reference server never ends.", 0, allowZero: true);
        Option<bool> reconnect = new("--reconnect") { Description = "Connect again when the connection breaks, and say what may be lost." };
        DetailedCommand command = new(name, "Send stdin through a channel and write what comes back to stdout.", $"{Details}\n{examples}")
        {
            server, wait, reconnect,
        };
        client.AddTo(command);
        command.Validators.Add(result =>
        {
            if (CommonOptions.HasBoth(result, wait, reconnect)) result.AddError("--wait and --reconnect exclude each other.");
        });
        command.SetAction(async (result, cancellationToken) =>
        {
            using TerminalLoggerFactory warnings = new(terminal, LogLevel.Warning, json: false);
            await using LoadedClient loaded = await client.LoadAsync(result, terminal, warnings, cancellationToken);
            ChannelConnector connect = loaded.To(result.GetValue(server)!);
            string path = CommandPath.WithoutProgram(result);
            return result.GetValue(reconnect)
                ? await RunAgainAsync(terminal, connect, path, loaded.Revocation, cancellationToken)
                : await RunAsync(terminal, connect, path, loaded.Revocation, SecondsOption.ZeroIsInfinite(result.GetValue(wait)), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandTerminal terminal, ChannelConnector connect, string path, IReadOnlyList<RevocationMonitor> revocation, TimeSpan wait, CancellationToken cancellationToken)
    {
        await using SecureChannel channel = await connect(cancellationToken);
        await using StatusSocket? status = StatusSocket.Start(terminal, path, () => null, () => [channel], () => revocation);
        if (terminal.IsInteractive) terminal.WriteHint($"Connected to {channel.RemoteEndPoint} with {channel.Suite}. Ctrl-D ends.");
        using CancellationTokenSource cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using TerminalEnd end = new(terminal.TakeInput(), terminal.RawOutput, () => cut.CancelAfter(wait), terminal.IsInteractive ? TimeSpan.Zero : InputPatience);
        try
        {
            await StreamRelay.RunAsync(channel, end, cancellationToken: cut.Token);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            terminal.WriteWarning($"The server did not end within {wait.TotalSeconds:0.#} s: nothing says that this is all.");
            return ExitCode.Incomplete;
        }
    }

    private static async Task<int> RunAgainAsync(
        CommandTerminal terminal, ChannelConnector connect, string path, IReadOnlyList<RevocationMonitor> revocation, CancellationToken cancellationToken)
    {
        SecureChannel? current = null;
        await using StatusSocket? status = StatusSocket.Start(terminal, path, () => null, () => current is { } channel ? [channel] : [], () => revocation);
        using LineClient lines = new(terminal);
        await ReconnectingClient.RunAsync(
            connect,
            (session, token) =>
            {
                current = session.Channel;
                return lines.RunAsync(session, token);
            },
            waiting: (failure, delay) =>
            {
                current = null;
                terminal.WriteWarning($"{failure.Message} Trying again in {delay.TotalSeconds:0.0} s.");
            },
            cancellationToken: cancellationToken);
        return ExitCode.Success;
    }
}
