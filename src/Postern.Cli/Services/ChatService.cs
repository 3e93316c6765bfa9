using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Postern.Cli.Terminal;

namespace Postern.Cli.Services;

/// <summary>
/// A room: messages of all channels go to stdout, one a line with its sender, and lines of stdin go to all channels. Nobody sees what
/// the others write.
/// </summary>
internal sealed class ChatService(CommandTerminal terminal) : IAsyncDisposable
{
    // With its line feed it fits into one packet of every protocol.
    private const int MaxLine = 60_000;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private int _count;

    /// <summary>Starts to read stdin for everyone in the room.</summary>
    public void Open(ChannelServer server) => _reading = Task.Run(() => ReadLinesAsync(server));

    public async Task RunAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        string name = channel.PeerIdentity?.Fingerprint is { } fingerprint ? fingerprint[..16] : $"client {Interlocked.Increment(ref _count)}";
        terminal.WriteHint($"{name} is here, from {channel.RemoteEndPoint}.");
        try
        {
            while (await channel.WaitForMessageAsync(cancellationToken) is > 0 and int size)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
                try
                {
                    await channel.ReceiveAsync(buffer, cancellationToken);
                    await WriteAsync($"{name}: {Encoding.UTF8.GetString(buffer, 0, size).TrimEnd('\r', '\n')}", cancellationToken);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(buffer.AsSpan(0, size));
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
        finally
        {
            terminal.WriteHint($"{name} has left.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
        _writing.Dispose();
    }

    private async Task WriteAsync(string line, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            terminal.WriteLine(line);
            await terminal.Out.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    // The end of stdin leaves the room open: a daemon has none.
    private async Task ReadLinesAsync(ChannelServer server)
    {
        try
        {
            using StreamReader reader = new(terminal.TakeInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            while (await reader.ReadLineAsync().WaitAsync(_stop.Token) is { } line)
            {
                byte[] message = Encoding.UTF8.GetBytes(line + "\n");
                if (message.Length > MaxLine)
                {
                    terminal.WriteWarning($"A line of {message.Length} bytes is too long; {MaxLine} are the most.");
                    continue;
                }

                BroadcastResult result = await server.BroadcastAsync(message, cancellationToken: _stop.Token);
                if (result.Failed > 0) terminal.WriteWarning($"{result.Failed} of {result.Sent + result.Failed} did not take the line and were dropped.");
                else if (result.Sent == 0 && terminal.IsInteractive) terminal.WriteHint("Nobody is here.");
            }
        }
        catch (OperationCanceledException)
        {
            // The room closes.
        }
    }
}
