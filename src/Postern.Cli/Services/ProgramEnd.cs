using System.Diagnostics;
using Postern.Tunneling;

namespace Postern.Cli.Services;

/// <summary>A program's stdin and stdout as the plain side of a relay.</summary>
internal sealed class ProgramEnd(Process process) : PlainEnd
{
    // stdout ends a moment before the program does.
    private static readonly TimeSpan ExitTime = TimeSpan.FromSeconds(2);

    private readonly Stream _input = process.StandardInput.BaseStream;
    private readonly Stream _output = process.StandardOutput.BaseStream;
    private bool _isDeaf;

    // A pipe has no zero-byte read; beside a process its buffer does not count.
    public override ValueTask WaitForDataAsync() => ValueTask.CompletedTask;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => _output.ReadAsync(buffer);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        if (_isDeaf) return;
        try
        {
            await _input.WriteAsync(data);
        }
        catch (IOException)
        {
            // It reads no more, as head does; what it writes still counts.
            _isDeaf = true;
        }
    }

    public override async ValueTask CompleteAsync()
    {
        try
        {
            await _input.DisposeAsync();
        }
        catch (IOException)
        {
            // It reads no more.
        }
    }

    public override async ValueTask CloseAsync()
    {
        using CancellationTokenSource deadline = new(ExitTime);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
        }
    }

    public override async ValueTask AbortAsync()
    {
        Kill();
        // A child of it may hold the pipes open.
        await _output.DisposeAsync();
    }

    public async Task WhenExitedAsync(Action action)
    {
        await process.WaitForExitAsync();
        action();
    }

    private void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
