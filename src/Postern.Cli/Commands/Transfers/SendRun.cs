using System.Diagnostics;
using Postern.Cli.Terminal;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Transfers;

/// <summary>One file, in as many attempts as are allowed.</summary>
internal sealed class SendRun(CommandTerminal terminal, ChannelConnector connect, Action<string>? writeLine, int retries)
{
    private static readonly ReconnectPolicy Pauses = new() { InitialDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromMinutes(1) };

    private bool _hasBegun;

    public async Task<TransferReport> RunAsync(string path, string? name, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using OutgoingFile file = await OpenAsync(path, name, cancellationToken);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                (TransferResult result, PeerIdentity? peer) = await TransferDisplay.RunAsync(
                    terminal, writeLine, progress => SendAsync(file, progress, cancellationToken));
                return TransferReport.Of(result, Stopwatch.GetElapsedTime(start), peer);
            }
            catch (IOException exception) when (attempt < retries && TransferFailure.IsTemporary(exception))
            {
                TimeSpan pause = Pauses.DelayAfter(attempt + 1);
                terminal.WriteWarning($"{exception.Message} Trying again in {pause.TotalSeconds:0.0} s ({attempt + 1} of {retries}).");
                await Task.Delay(pause, cancellationToken);
            }
            catch (TransferException exception)
            {
                throw TransferFailure.Of(exception);
            }
            catch (ChannelException exception) when (_hasBegun && exception.Error is (ChannelError.ConnectionLost or ChannelError.PeerReportedError))
            {
                terminal.WriteHint("The same command goes on where it broke off.");
                throw;
            }
            catch (OperationCanceledException)
            {
                terminal.WriteHint("Interrupted. The same command goes on where it broke off.");
                throw;
            }
        }
    }

    private async Task<OutgoingFile> OpenAsync(string path, string? name, CancellationToken cancellationToken)
    {
        try
        {
            return await TransferDisplay.RunAsync(
                terminal, writeLine, progress => OutgoingFile.OpenAsync(path, name, progress, cancellationToken));
        }
        catch (TransferException exception) when (exception.Error == TransferError.NameRefused)
        {
            throw new CommandException(ExitCode.Usage, $"{exception.Message} Choose another with --name.");
        }
        catch (TransferException exception)
        {
            throw TransferFailure.Of(exception);
        }
    }

    private async Task<(TransferResult Result, PeerIdentity? Peer)> SendAsync(
        OutgoingFile file, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        await using SecureChannel channel = await connect(cancellationToken);
        _hasBegun = true;
        TransferResult result = await new FileSender().SendAsync(channel, file, progress, cancellationToken);
        return (result, channel.PeerIdentity);
    }
}
