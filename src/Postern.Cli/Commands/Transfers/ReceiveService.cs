using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Postern.Cli.Terminal;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Transfers;

/// <summary>Receives a file from each peer that connects, and says what came.</summary>
/// <param name="terminal">Where it is said.</param>
/// <param name="receiver">Where the files go.</param>
/// <param name="loggers">Where connections are logged.</param>
/// <param name="keeps">Go on after the first file.</param>
/// <param name="json">Say it in JSON.</param>
internal sealed class ReceiveService(CommandTerminal terminal, FileReceiver receiver, ILoggerFactory loggers, bool keeps, bool json)
{
    private readonly ILogger _logger = loggers.CreateLogger("Postern.Receive");
    private readonly Lock _output = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The one file is there, or will never be.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Why the one file will never be there.</summary>
    public TransferException? Failure { get; private set; }

    /// <summary>Serves one connection.</summary>
    public async Task RunAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            TransferResult result = await ReceiveAsync(channel, cancellationToken);
            TransferReport report = TransferReport.Of(result, Stopwatch.GetElapsedTime(start), channel.PeerIdentity);
            TransferLog.Received(_logger, report.Line("Received"), channel.PeerIdentity?.Name, channel.RemoteEndPoint);
            lock (_output)
            {
                if (json) terminal.WriteJson(report);
                else terminal.WriteLine(result.Path!);
            }

            if (!keeps) _finished.TrySetResult();
        }
        catch (Exception exception) when (exception is ChannelException or TransferException { Error: TransferError.Stalled })
        {
            TransferLog.BrokeOff(_logger, channel.PeerIdentity?.Name, channel.RemoteEndPoint, exception.Message);
            await channel.AbortAsync();
        }
        catch (TransferException exception)
        {
            TransferLog.Failed(_logger, channel.PeerIdentity?.Name, channel.RemoteEndPoint, exception.Message);
            if (keeps) return;
            Failure = exception;
            _finished.TrySetResult();
        }
    }

    // Only one bar fits on a terminal.
    private Task<TransferResult> ReceiveAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        Action<string> writeLine = line => TransferLog.Progress(_logger, line);
        return keeps
            ? receiver.ReceiveAsync(channel, new TransferLines(writeLine, terminal.Clock), cancellationToken)
            : TransferDisplay.RunAsync(terminal, writeLine, progress => receiver.ReceiveAsync(channel, progress, cancellationToken));
    }
}
