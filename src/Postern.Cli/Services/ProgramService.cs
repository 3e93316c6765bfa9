using System.CommandLine.Parsing;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;
using Postern.Tunneling;

namespace Postern.Cli.Services;

/// <summary>Runs a program for each channel: its stdin and stdout are the channel, its stderr is ours.</summary>
internal sealed class ProgramService
{
    // What the peer sends after the program has ended is dropped, for so long: closing at once could reset away the program's last words.
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(10);

    // A program that was killed has gone in a moment, unless it is not ours to kill, or waits for a device.
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(5);

    private readonly string _program;
    private readonly string[] _arguments;
    private readonly ILogger _logger;

    /// <summary>Finds the program, which must be there now.</summary>
    /// <param name="commandLine">The program and its arguments; double quotes keep blanks together. No shell reads it.</param>
    /// <param name="loggers">Where failures are logged.</param>
    public ProgramService(string commandLine, ILoggerFactory loggers)
    {
        string[] words = [.. CommandLineParser.SplitCommandLine(commandLine)];
        if (words.Length == 0) throw new CommandException(ExitCode.Usage, "--exec names no program.");
        _program = Find(words[0]);
        _arguments = words[1..];
        _logger = loggers.CreateLogger("Postern.Program");
    }

    public async Task RunAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(_program, _arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // Whoever reaches the port talks to the program.
        start.Environment.Remove(PassphraseSource.Variable);
        start.Environment.Remove(PinSource.Variable);
        foreach (string variable in ServiceNotifier.Variables) start.Environment.Remove(variable);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{_program} did not start.");
        using ProgramEnd end = new(process);
        using CancellationTokenSource cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using CancellationTokenSource patience = new();
        Task exit = end.WhenExitedAsync(() => cut.CancelAfter(LingerTime), patience.Token);
        try
        {
            await StreamRelay.RunAsync(channel, end, cancellationToken: cut.Token);
        }
        catch (Exception exception) when (end.HasFailed && exception is (IOException or OperationCanceledException))
        {
            // The relay has cut the channel: no goodbye says that all went well.
            ServiceLog.ProgramFailed(_logger, _program, process.ExitCode, channel.RemoteEndPoint);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ServiceLog.PeerStayed(_logger, channel.RemoteEndPoint);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            ServiceLog.ProgramKilled(_logger, channel.RemoteEndPoint, exception.Message);
        }
        finally
        {
            await end.AbortAsync();
            patience.CancelAfter(KillTime);
            await exit;
        }
    }

    // Now, not at the first connection, is the time to say that it is not there.
    private static string Find(string program)
    {
        IEnumerable<string> places = program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? [Path.GetFullPath(program)]
            : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, program));
        string[] extensions = OperatingSystem.IsWindows() ? [string.Empty, ".exe", ".cmd"] : [string.Empty];
        return places.SelectMany(place => extensions.Select(extension => place + extension)).FirstOrDefault(File.Exists)
            ?? throw new CommandException(ExitCode.File, $"The program '{program}' is not there.");
    }
}
