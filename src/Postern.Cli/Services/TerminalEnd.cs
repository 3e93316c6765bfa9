using Postern.Tunneling;

namespace Postern.Cli.Services;

/// <summary>Stdin and stdout as the plain side of a relay. The peer's goodbye ends the reading, whatever stdin still has.</summary>
/// <param name="input">Stdin.</param>
/// <param name="output">Stdout.</param>
/// <param name="inputEnded">Called when stdin has ended.</param>
/// <param name="outlivesPeer">The peer's goodbye does not end the reading: it may only have finished sending.</param>
internal sealed class TerminalEnd(Stream input, Stream output, Action inputEnded, bool outlivesPeer = false) : PlainEnd, IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    // Of its own: a read of stdin cannot be called back, and may fill it at any time.
    private readonly byte[] _buffer = new byte[32 * 1024];

    // Stdin has no zero-byte read.
    public override ValueTask WaitForDataAsync() => ValueTask.CompletedTask;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        int size = Math.Min(buffer.Length, _buffer.Length);
        try
        {
            int count = await input.ReadAsync(_buffer.AsMemory(0, size), CancellationToken.None).AsTask().WaitAsync(_ended.Token);
            _buffer.AsMemory(0, count).CopyTo(buffer);
            if (count == 0) inputEnded();
            return count;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        await output.WriteAsync(data);
        await output.FlushAsync();
    }

    public override ValueTask CompleteAsync() => outlivesPeer ? ValueTask.CompletedTask : new ValueTask(_ended.CancelAsync());

    public override ValueTask CloseAsync() => ValueTask.CompletedTask;

    public override ValueTask AbortAsync() => new(_ended.CancelAsync());

    public void Dispose() => _ended.Dispose();
}
