using System.CommandLine;
using System.Net;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Transfers;

/// <summary><c>postern send</c>: a file to a peer that runs <c>postern receive</c>.</summary>
internal static class SendCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        PeerOptions own = new();
        Argument<string> file = new("FILE") { Description = "The file." };
        Argument<EndPoint?> server = EndPointArgument.RemoteArgument("The receiver. Default: this machine.", _ => QsmpDuplexPeer.DefaultPort);
        server.Arity = ArgumentArity.ZeroOrOne;
        Option<string> peerKey = new("--peer-key") { Description = "The receiver's public key.", HelpName = "FILE", Required = true };
        Option<string?> name = new("--name") { Description = "The name that the receiver gives it. Default: its own.", HelpName = "NAME" };
        Option<int> retry = new("--retry")
        {
            Description = "Connect again so many times if the connection breaks, after a pause that grows. Each goes on where the last one broke off.",
            HelpName = "N",
        };
        retry.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out int count) || count < 0)) result.AddError("--retry is 0 or more.");
        });
        Option<bool> verbose = new("--verbose", "-v") { Description = "Without a terminal: say now and then how far it is." };
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "send",
            "Send a file to a peer, who runs 'postern receive'.",
            """
            Both peers prove who they are with their keys (QSMP DUPLEX). The file arrives whole and verified, or not under its name. If the
            connection breaks off, or Ctrl-C ends it, run the same command again: it goes on where it was. Exit code 3 says that the
            connection failed or the receiver refused the file, 4 that the file cannot be read or changed meanwhile.

            Examples:
              postern send notes.tar gate.example.org --key alice_secret_key.qskey --peer-key bob_public_key.qpkey
              postern send disk.img 192.0.2.7:4000 --key alice.qskey --peer-key bob.qpkey --retry 20 --json
            """)
        {
            file, server, peerKey, name, retry, verbose, json,
        };
        own.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using QsmpPrivateKey key = own.LoadKey(result, terminal);
            QsmpPublicKey peer = new KeyFiles(terminal).LoadQsmpPublicKey(result.GetRequiredValue(peerKey), QsmpMode.Duplex);
            QsmpDuplexConnectOptions options = new()
            {
                ClockOffset = own.ClockOffset(result),
                HandshakeTimeout = own.HandshakeTimeout(result),
                PacketTolerance = ChannelArguments.PacketTolerance,
                KeepAliveInterval = PeerOptions.KeepAliveInterval,
            };
            EndPoint endPoint = result.GetValue(server) ?? EndPointArgument.ParseRemote(string.Empty, QsmpDuplexPeer.DefaultPort);
            SendRun run = new(
                terminal,
                async token => await QsmpDuplexPeer.ConnectAsync(endPoint, key, peer, options, token),
                result.GetValue(verbose) ? terminal.WriteHint : null,
                result.GetValue(retry));
            TransferReport report = await run.RunAsync(result.GetRequiredValue(file), result.GetValue(name), cancellationToken);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteHint(report.Line("Sent"));
            return ExitCode.Success;
        });
        return command;
    }
}
