using System.CommandLine;
using System.Net;
using Postern.Cli.Services;
using Postern.Cli.Terminal;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Tunnels;

/// <summary><c>postern connect</c>: stdin and stdout through a tunnel; at a terminal that is line by line.</summary>
internal static class ConnectCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        ClientArguments client = new();
        Argument<EndPoint?> server = EndPointArgument.RemoteArgument("The server.", QstpClient.DefaultPort);
        Option<double> wait = SecondsOption.Create(
            "--wait", "After stdin has ended, wait for the server's end for so long; 0 is for ever. A reference server never ends.", 0, allowZero: true);
        Option<long?> ratchetEvery = CountOption.CreateOptional(
            "--ratchet-every", "Replace the keys after every so many messages. Needs --allow-client-ratchet.", "N");
        Option<bool> allowRatchet = new("--allow-client-ratchet")
        {
            Description = "The server is Postern: a reference server drops a client that replaces the keys.",
        };
        DetailedCommand command = new(
            "connect",
            "Send stdin through a tunnel and write what comes back to stdout.",
            """
            The end of stdin (Ctrl-D at a terminal) is passed on; the command ends when the server does. Exit code 3 says that the
            connection broke off, 5 that --wait was over: what came may not be all.

            Examples:
              postern connect gate.example.org --root root.qrr --cert server.qrc
              tar -c notes | postern connect gate.example.org:4443 --root root.qrr --cert server.qrc
            """)
        {
            server, wait, ratchetEvery, allowRatchet,
        };
        client.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(ratchetEvery) is not null && !result.GetValue(allowRatchet)) result.AddError("--ratchet-every needs --allow-client-ratchet.");
        });
        command.SetAction((result, cancellationToken) => RunAsync(
            terminal,
            result.GetValue(server)!,
            client.Load(result, terminal),
            client.Create(result) with
            {
                AllowClientRatchet = result.GetValue(allowRatchet),
                Ratchets = new RatchetPolicy { EveryPackets = result.GetValue(ratchetEvery), Jitter = 0 },
            },
            SecondsOption.ZeroIsInfinite(result.GetValue(wait)),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandTerminal terminal,
        EndPoint endPoint,
        VerifiedServer server,
        QstpClientOptions options,
        TimeSpan wait,
        CancellationToken cancellationToken)
    {
        await using SecureChannel channel = await QstpClient.ConnectAsync(endPoint, server, options, cancellationToken);
        if (terminal.IsInteractive) terminal.WriteHint($"Connected to {channel.RemoteEndPoint} with {channel.Suite}. Ctrl-D ends.");
        using CancellationTokenSource cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using TerminalEnd end = new(terminal.TakeInput(), terminal.RawOutput, () => cut.CancelAfter(wait));
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
}
