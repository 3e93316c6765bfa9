using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Services;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Tunnels;

/// <summary><c>postern serve</c>, <c>message serve</c> and <c>peer listen</c>: what accepts channels and does something with them here.</summary>
internal static class ServeCommand
{
    private const string Details =
        """
        --chat writes each message to stdout as a line with its sender, and sends each line of stdin to everyone. --echo sends each message
        back. --once takes one peer, and is stdin and stdout to it; it ends when both sides have ended. --exec runs a program for
        each: one process a connection. It is killed when the connection ends; when it ends, so does the connection. If its exit code is
        not 0 the connection breaks off, and the other side ends with exit code 3. No shell reads the command: double quotes keep words
        together, single quotes and backslashes mean nothing.

        Examples:
        """;

    public static Command CreateQstp(CommandTerminal terminal) => Create(
        terminal,
        TunnelProtocol.Qstp,
        "serve",
        """
          postern serve --root root.qrr --cert server.qrc --key server.qsk
          postern serve --root root.qrr --cert server.qrc --key server.qsk --exec "tar -x -C /srv/in"
        """);

    /// <summary>The command for one protocol: QSTP echoes unless told otherwise, the others chat.</summary>
    public static Command Create(CommandTerminal terminal, TunnelProtocol protocol, string name, string examples)
    {
        ServeMode standard = protocol == TunnelProtocol.Qstp ? ServeMode.Echo : ServeMode.Chat;
        ServerArguments server = new(new ProtocolChoice(protocol), $" With --exec the default is {ServerArguments.MaxPrograms}.");
        DaemonOptions daemon = new();
        Option<IPEndPoint?> listen = EndPointArgument.Listen(
            "Where to listen. Default every address.", EndPointArgument.Any, _ => ProtocolChoice.PortOf(protocol));
        Option<bool> echo = new("--echo") { Description = $"Send each message back.{Standard(ServeMode.Echo)}" };
        Option<bool> chat = new("--chat") { Description = $"Lines of stdin to everyone, messages to stdout.{Standard(ServeMode.Chat)}" };
        Option<bool> once = new("--once") { Description = "One peer, whose channel is stdin and stdout." };
        Option<string?> program = new("--exec")
        {
            Description = "Program to run for each connection, with its arguments: its stdin and stdout are the channel.",
            HelpName = "COMMAND",
        };
        program.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Count('"') % 2 != 0)) result.AddError("There is an unbalanced quote in --exec.");
        });
        DaemonCommand command = new(name, Summary(protocol), $"{Details}\n{examples}") { listen, echo, chat, once, program };
        command.ReadOnce.AddRange([listen, echo, chat, once, program]);
        server.AddTo(command);
        daemon.AddTo(command);
        command.Validators.Add(result =>
        {
            if (((Option[])[echo, chat, once, program]).Count(option => result.GetResult(option) is { Implicit: false }) > 1)
            {
                result.AddError("--echo, --chat, --once and --exec exclude each other.");
            }
        });
        command.Start = async (result, context, stop) =>
        {
            if (ModeOf(result) == ServeMode.Once) throw new CommandException(ExitCode.Usage, "--once is the pipe of a command of its own.");
            ProgramService? programs = result.GetValue(program) is { } line ? new ProgramService(line, context.Loggers) : null;
            if (programs is not null && context.Sockets.Any) throw new CommandException(ExitCode.Usage, "--exec and sockets from the service manager do not go together: the program would get them, too.");
            ReloadingServer loaded = await ReloadingServer.LoadAsync(
                result, (fresh, token) => server.LoadAsync(fresh, terminal, context.Loggers, token, startsPrograms: programs is not null), stop);
            EndPoint endPoint = context.Sockets.For(HandedSockets.Main) ?? (EndPoint)result.GetValue(listen)!;
            ChatService? room = ModeOf(result) == ServeMode.Chat ? new ChatService(terminal) : null;
            ChannelHandler handler = room is not null ? room.RunAsync : programs is not null ? programs.RunAsync : EchoService.RunAsync;
            ChannelServer service = await Daemon.ListenAsync(endPoint, () => loaded.Current.Start(endPoint, handler), loaded);
            room?.Open(service);
            return room is null ? loaded.Serve(service, service) : loaded.Serve(service, service, room);
        };
        command.SetAction((result, stop) => ModeOf(result) == ServeMode.Once ? PipeAsync(result, stop) : daemon.RunAsync(command, result, terminal, stop));
        return command;

        ServeMode ModeOf(ParseResult result) => result.GetValue(program) is not null ? ServeMode.Program
            : result.GetValue(once) ? ServeMode.Once
            : result.GetValue(chat) ? ServeMode.Chat
            : result.GetValue(echo) ? ServeMode.Echo
            : standard;

        // As 'connect', but the other side connects. Ctrl-C ends it at any time.
        async Task<int> PipeAsync(ParseResult result, CancellationToken cancellationToken)
        {
            using TerminalLoggerFactory loggers = daemon.Log.CreateLoggers(result, terminal);
            await using LoadedServer loaded = await server.LoadAsync(result, terminal, loggers, cancellationToken);
            loaded.BeginRenewing();
            using DaemonSignals signals = new(terminal.IsInteractive);
            using CancellationTokenSource stop = new();
            _ = signals.First.ContinueWith(_ => stop.Cancel(), TaskScheduler.Default);
            return await SinglePipe.RunAsync(terminal, loaded, result.GetValue(listen)!, daemon.Create(result), stop.Token);
        }

        string Standard(ServeMode mode) => mode == standard ? " The default." : string.Empty;
    }

    private static string Summary(TunnelProtocol protocol) => protocol switch
    {
        TunnelProtocol.Simplex => "Accept channels from clients that hold this server's public key: chat, pipe, echo or a program.",
        TunnelProtocol.Duplex => "Accept channels from peers whose public keys are trusted here: chat, pipe, echo or a program.",
        _ => "Accept tunnels and echo what they bring, or hand each to a program.",
    };
}
