using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Services;
using Postern.Cli.Terminal;
using Postern.Qstp;

namespace Postern.Cli.Commands.Tunnels;

/// <summary><c>postern serve</c>: an echo server, or a program for each connection.</summary>
internal static class ServeCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        ServerArguments server = new($" With --exec the default is {ServerArguments.MaxPrograms}.");
        DaemonOptions daemon = new();
        Option<IPEndPoint?> listen = EndPointArgument.Listen(
            "Where to listen. Default every address.", EndPointArgument.Any, QstpServer.DefaultPort);
        Option<string?> program = new("--exec")
        {
            Description = "Program to run for each connection, with its arguments: its stdin and stdout are the tunnel. Without it each message is sent back.",
            HelpName = "COMMAND",
        };
        program.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Count('"') % 2 != 0)) result.AddError("There is an unbalanced quote in --exec.");
        });
        DaemonCommand command = new(
            "serve",
            "Accept tunnels and echo what they bring, or hand each to a program.",
            """
            A program gets one process a connection. It is killed when the connection ends; when it ends, so does the connection. If its
            exit code is not 0 the connection breaks off, and 'postern connect' on the other side ends with exit code 3. No shell reads
            the command: double quotes keep words together, single quotes and backslashes mean nothing.

            Examples:
              postern serve --root root.qrr --cert server.qrc --key server.qsk
              postern serve --root root.qrr --cert server.qrc --key server.qsk --exec "tar -x -C /srv/in"
            """)
        {
            listen, program,
        };
        server.AddTo(command);
        daemon.AddTo(command);
        command.SetAction(async (result, _) =>
        {
            using ILoggerFactory loggers = daemon.Log.CreateLoggers(result, terminal);
            ChannelHandler handler = CreateHandler(result.GetValue(program), loggers);
            using IdentitySet identities = server.Load(result, terminal);
            QstpServerOptions options = server.Create(result, identities, loggers, startsPrograms: result.GetValue(program) is not null);
            IPEndPoint endPoint = result.GetValue(listen)!;
            return await Daemon.RunAsync(
                terminal,
                daemon.Create(result),
                endPoint,
                () => QstpServer.Start(endPoint, options, handler),
                service => service.LocalEndPoint,
                (service, cancellationToken) => service.DrainAsync(cancellationToken));
        });
        return command;
    }

    private static ChannelHandler CreateHandler(string? program, ILoggerFactory loggers) =>
        program is null
            ? EchoService.RunAsync
            : new ProgramService(program, loggers).RunAsync;
}
