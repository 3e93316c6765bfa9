using Postern.Tunneling;

namespace Postern.Cli.Services;

/// <summary>Stdin and stdout as the plain side of a relay.</summary>
/// <param name="input">Stdin.</param>
/// <param name="output">Stdout.</param>
/// <param name="inputEnded">Called when stdin has ended.</param>
/// <param name="patience">
/// After the peer's goodbye stdin is over once it has had nothing for so long: the peer may have finished sending and still read, and what
/// stdin has must not be lost; but a stdin that nobody writes to must not keep the command.
/// </param>
internal sealed class TerminalEnd(Stream input, Stream output, Action inputEnded, TimeSpan patience) : PlainEnd, IDisposable
{
    private readonly CancellationTokenSource _peerEnded = new();
    private readonly CancellationTokenSource _aborted = new();

    // Of its own: a read of stdin cannot be called back, and may fill it at any time.
    private readonly byte[] _buffer = new byte[32 * 1024];

    // Stdin has no zero-byte read.
    public override ValueTask WaitForDataAsync() => ValueTask.CompletedTask;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        int size = Math.Min(buffer.Length, _buffer.Length);
        try
        {
            int count = await WaitAsync(input.ReadAsync(_buffer.AsMemory(0, size), CancellationToken.None).AsTask());
            _buffer.AsMemory(0, count).CopyTo(buffer);
            if (count == 0) inputEnded();
            return count;
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
            return 0;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        await output.WriteAsync(data);
        await output.FlushAsync();
    }

    public override ValueTask CompleteAsync() => new(_peerEnded.CancelAsync());

    public override ValueTask CloseAsync() => ValueTask.CompletedTask;

    public override async ValueTask AbortAsync()
    {
        await _aborted.CancelAsync();
        await _peerEnded.CancelAsync();
    }

    public void Dispose()
    {
        _aborted.Dispose();
        _peerEnded.Dispose();
    }

    private async Task<int> WaitAsync(Task<int> reading)
    {
        try
        {
            return await reading.WaitAsync(_peerEnded.Token);
        }
        catch (OperationCanceledException) when (!_aborted.IsCancellationRequested)
        {
            return await reading.WaitAsync(patience, _aborted.Token);
        }
    }
}
