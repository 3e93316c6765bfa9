using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using System.Security.Cryptography;
using Postern.Authority;
using Postern.Authority.Service;
using Postern.Cli.Commands;
using Postern.Cli.Commands.Transfers;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Configuration;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;

namespace Postern.Cli;

/// <summary>The command tree, and the one place where exceptions become messages and exit codes.</summary>
internal static class PosternCommand
{
    public static async Task<int> RunAsync(string[] arguments, CommandTerminal terminal)
    {
        Command command = Create(terminal);
        InvocationConfiguration configuration = new()
        {
            EnableDefaultExceptionHandler = false,
            Output = terminal.Out,
            Error = terminal.Error,
        };
        ConfiguredCommand configured = new(terminal, command, arguments);
        try
        {
            ParseResult result = configured.Parse();
            if (result.Errors.Count > 0)
            {
                foreach (ParseError error in result.Errors) terminal.WriteError(OneLine(configured.Describe(error)));
                terminal.WriteHint($"Try '{CommandPath.Of(result)} --help'.");
                return ExitCode.Usage;
            }

            if (result.CommandResult.Command is DaemonCommand daemon)
            {
                // Every other command has two seconds from Ctrl-C or SIGTERM to clean up.
                configuration.ProcessTerminationTimeout = null;
                daemon.Reread = configured.ParseValid;
            }

            return await result.InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (CommandException exception)
        {
            terminal.WriteError(exception.Message);
            return exception.ExitCode;
        }
        catch (InventoryException exception)
        {
            terminal.WriteError(exception.Message);
            return exception.IsRefusal ? ExitCode.Failed : ExitCode.File;
        }
        catch (RefusedException exception)
        {
            terminal.WriteError(exception.Message);
            return ExitCode.Failed;
        }
        catch (HttpRequestException exception)
        {
            terminal.WriteError((exception.InnerException as ChannelException)?.Message ?? exception.Message);
            return ExitCode.Channel;
        }
        catch (ChannelException exception)
        {
            terminal.WriteError(exception.Message);
            if (exception.Error == ChannelError.RevocationStale)
            {
                terminal.WriteHint("The root's operator publishes a new list with 'postern root revocations'. To go on without one: --revocation-stale warn.");
            }

            return ExitCode.Channel;
        }
        catch (SocketException exception)
        {
            terminal.WriteError(exception.Message);
            return ExitCode.Channel;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            terminal.WriteError(exception.Message);
            return ExitCode.File;
        }
        catch (ArgumentException exception)
        {
            terminal.WriteError(MessageOf(exception));
            return ExitCode.Usage;
        }
    }

    /// <summary>The message without the parameter's name, which means nothing to a user.</summary>
    public static string MessageOf(ArgumentException exception) => exception.Message.Split(" (Parameter '", 2)[0];

    // The parser lists what it would take in lines of their own.
    private static string OneLine(string message)
    {
        string[] lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length < 2 ? message : $"{lines[0]} {string.Join(", ", lines[1..])}";
    }

    /// <summary>The command tree.</summary>
    public static Command Create(CommandTerminal terminal)
    {
        Command command = new(
            "postern",
            """
            Post-quantum tunnels and channels: QSTP with its own certificates, QSMP with keys that peers give each other.

            Exit codes: 0 done; 1 the answer is no (a certificate does not verify, a vector fails); 2 wrong usage; 3 the peer or the
            network; 4 a file; 5 not everything was checked; 130 interrupted. Data go to stdout, messages to stderr; NO_COLOR is respected.
            """)
        {
            new HelpOption { Recursive = true, Action = new DetailedHelp() },
            new VersionOption(),
            RootCommands.Create(terminal),
            CertificateCommands.Create(terminal),
            RdsCommands.Create(terminal),
            KeyCommands.Create(terminal),
            ExposeCommand.Create(terminal),
            ForwardCommand.Create(terminal),
            ServeCommand.CreateQstp(terminal),
            ConnectCommand.CreateQstp(terminal),
            MessageCommands.Create(terminal),
            PeerCommands.Create(terminal),
            SendCommand.Create(terminal),
            ReceiveCommand.Create(terminal),
            RunCommand.Create(terminal),
            StatusCommand.Create(terminal),
            DoctorCommand.Create(terminal),
            PostureCommand.Create(terminal),
            InspectCommand.Create(terminal),
            SuitesCommand.Create(terminal),
            BenchCommand.Create(terminal),
            ConformanceCommand.Create(terminal),
            DemoCommand.Create(terminal),
            CompletionCommand.Create(terminal),
            ManualCommand.Create(terminal),
        };
        command.SetAction(_ =>
        {
            command.Parse("--help").Invoke(new InvocationConfiguration { Output = terminal.Error });
            return ExitCode.Usage;
        });
        return command;
    }
}
