using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using Postern.Tunneling;

namespace Postern.Cli.Services;

/// <summary>
/// A program's stdin and stdout as the plain side of a relay. A child that outlives the program may hold the pipes open for ever, and not
/// every system can call a read or write of them back: they have buffers of their own, so that an abort can leave them behind.
/// </summary>
internal sealed class ProgramEnd(Process process) : PlainEnd, IDisposable
{
    private readonly Stream _input = process.StandardInput.BaseStream;
    private readonly Stream _output = process.StandardOutput.BaseStream;
    private readonly CancellationTokenSource _aborted = new();
    private readonly byte[] _buffer = new byte[32 * 1024];
    private bool _isDeaf;
    private volatile bool _isKilled;

    /// <summary>It ended by itself, and says that something went wrong.</summary>
    public bool HasFailed => !_isKilled && process.HasExited && process.ExitCode != 0;

    // A pipe has no zero-byte read; beside a process its buffer does not count.
    public override ValueTask WaitForDataAsync() => ValueTask.CompletedTask;

    // The end of stdout is passed on as a goodbye, which says that all went well: only the exit code tells.
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        int count = await ReadOutputAsync(buffer);
        if (count > 0) return count;
        await process.WaitForExitAsync(_aborted.Token);
        return process.ExitCode == 0 ? 0 : throw new IOException($"The program ended with exit code {process.ExitCode}.");
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        if (_isDeaf) return;
        byte[] copy = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(copy);
        try
        {
            await WriteInputAsync(copy, data.Length).WaitAsync(_aborted.Token);
        }
        catch (IOException)
        {
            // It reads no more, as head does; what it writes still counts.
            _isDeaf = true;
        }
    }

    public override ValueTask CompleteAsync() => CloseAsync(_input);

    // Its stdout was read to the end, so it has ended.
    public override ValueTask CloseAsync() => ValueTask.CompletedTask;

    public override async ValueTask AbortAsync()
    {
        Kill();
        await _aborted.CancelAsync();
        await CloseAsync(_input);
        await CloseAsync(_output);
    }

    /// <summary>Calls <paramref name="action"/> when it has ended, unless waiting for that is called off.</summary>
    public async Task WhenExitedAsync(Action action, CancellationToken cancellationToken)
    {
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        action();
    }

    public void Dispose() => _aborted.Dispose();

    private static async ValueTask CloseAsync(Stream stream)
    {
        try
        {
            await stream.DisposeAsync();
        }
        catch (IOException)
        {
            // The program has closed its side.
        }
    }

    private async Task<int> ReadOutputAsync(Memory<byte> buffer)
    {
        int size = Math.Min(buffer.Length, _buffer.Length);
        int count = await _output.ReadAsync(_buffer.AsMemory(0, size), _aborted.Token).AsTask().WaitAsync(_aborted.Token);
        Span<byte> read = _buffer.AsSpan(0, count);
        read.CopyTo(buffer.Span);
        CryptographicOperations.ZeroMemory(read);
        return count;
    }

    private async Task WriteInputAsync(byte[] copy, int size)
    {
        try
        {
            await _input.WriteAsync(copy.AsMemory(0, size), _aborted.Token);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy.AsSpan(0, size));
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private void Kill()
    {
        try
        {
            if (process.HasExited) return;
            _isKilled = true;
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended, or it, or a child of it, is not ours to end. The relay ends without it.
        }
    }
}
