using System.Diagnostics;
using Postern.Tunneling;

namespace Postern.Cli.Services;

/// <summary>A program's stdin and stdout as the plain side of a relay.</summary>
internal sealed class ProgramEnd(Process process) : PlainEnd
{
    private readonly Stream _input = process.StandardInput.BaseStream;
    private readonly Stream _output = process.StandardOutput.BaseStream;
    private bool _isDeaf;
    private volatile bool _isKilled;

    /// <summary>It ended by itself, and says that something went wrong.</summary>
    public bool HasFailed => !_isKilled && process.HasExited && process.ExitCode != 0;

    // A pipe has no zero-byte read; beside a process its buffer does not count.
    public override ValueTask WaitForDataAsync() => ValueTask.CompletedTask;

    // The end of stdout is passed on as a goodbye, which says that all went well: only the exit code tells.
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        int count = await _output.ReadAsync(buffer);
        if (count > 0) return count;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? 0 : throw new IOException($"The program ended with exit code {process.ExitCode}.");
    }

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

    // Its stdout was read to the end, so it has ended.
    public override ValueTask CloseAsync() => ValueTask.CompletedTask;

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
        if (process.HasExited) return;
        _isKilled = true;
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
