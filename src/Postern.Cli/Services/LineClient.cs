using System.Text;
using Postern.Cli.Terminal;

namespace Postern.Cli.Services;

/// <summary>
/// Stdin and stdout line by line, over one connection after another. After each new one it says which lines may not have arrived; it
/// sends none of them again.
/// </summary>
internal sealed class LineClient(CommandTerminal terminal) : IDisposable
{
    private readonly StreamReader _reader = new(terminal.TakeInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    private Task<string?>? _next;
    private long _lastSent;

    public async Task RunAsync(ReconnectingSession session, CancellationToken cancellationToken)
    {
        SecureChannel channel = session.Channel;
        long doubtful = session.Unacknowledged.Count + session.DroppedCount;
        if (session.Connection > 1) terminal.WriteHint($"Connected again to {channel.RemoteEndPoint}.");
        if (doubtful > 0) terminal.WriteWarning($"{doubtful} lines that were sent after the peer was last heard may not have arrived; they are not sent again.");
        session.Acknowledge(long.MaxValue);

        Task receiving = ReceiveAsync(session, cancellationToken);
        Task sending = SendAsync(session, receiving, cancellationToken);
        await (await Task.WhenAny(sending, receiving));
        await Task.WhenAll(sending, receiving);
    }

    public void Dispose() => _reader.Dispose();

    // Whatever the peer says, it says after it got what was sent a while before: as good as this service can know.
    private async Task ReceiveAsync(ReconnectingSession session, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[session.Channel.MaxMessageSize];
        while (await session.Channel.ReceiveAsync(buffer, cancellationToken) is > 0 and int size)
        {
            session.Acknowledge(Volatile.Read(ref _lastSent));
            await terminal.RawOutput.WriteAsync(buffer.AsMemory(0, size), cancellationToken);
            await terminal.RawOutput.FlushAsync(cancellationToken);
        }
    }

    // A read of stdin cannot be called back: a line that comes while there is no connection waits for the next one.
    private async Task SendAsync(ReconnectingSession session, Task receiving, CancellationToken cancellationToken)
    {
        while (true)
        {
            _next ??= _reader.ReadLineAsync(CancellationToken.None).AsTask();
            await Task.WhenAny(_next, receiving).WaitAsync(cancellationToken);
            if (receiving.IsCompleted) return;
            string? line = await _next;
            if (line is null)
            {
                await session.Channel.CompleteAsync(cancellationToken);
                return;
            }

            // It is on its way from here on, whatever happens: the next connection starts with the line after it.
            _next = null;
            Volatile.Write(ref _lastSent, await session.SendAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken));
        }
    }
}
