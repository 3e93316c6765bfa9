using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Files;

/// <summary>A whole file, or stdin for <c>-</c>, in memory that is erased: it may be a key.</summary>
internal sealed class FileBytes : IDisposable
{
    public const string StandardInput = "-";

    // The largest certificate is a tenth of this in its printed form.
    private const int MaxSize = 1024 * 1024;

    private SecretBytes _buffer = new(MaxSize + 1);
    private int _length;

    private FileBytes()
    {
    }

    public ReadOnlySpan<byte> Span => _buffer.Span[.._length];

    public static FileBytes Read(CommandTerminal terminal, string path)
    {
        if (path == StandardInput) return Read(terminal.TakeInput(), "stdin");
        if (Directory.Exists(path)) throw new CommandException(ExitCode.File, $"{path} is a folder, not a file.");
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return Read(stream, path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.File, $"{path}: there is no such file.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.File, $"{path} cannot be read: {exception.Message}");
        }
    }

    public void Dispose() => _buffer.Dispose();

    private static FileBytes Read(Stream stream, string name)
    {
        FileBytes file = new();
        file._length = stream.ReadAtLeast(file._buffer.Span, MaxSize + 1, throwOnEndOfStream: false);
        if (file._length <= MaxSize) return file;
        if (RevocationList.IsList(file.Span) && file.TryReadRest(stream)) return file;
        file.Dispose();
        throw new CommandException(ExitCode.File, $"{name} is larger than {MaxSize} bytes: it is no certificate and no key.");
    }

    // Revocation lists alone can be larger.
    private bool TryReadRest(Stream stream)
    {
        SecretBytes larger = new(RevocationList.MaxSize + 1);
        Span.CopyTo(larger.Span);
        _buffer.Dispose();
        _buffer = larger;
        _length += stream.ReadAtLeast(larger.Span[_length..], larger.Span.Length - _length, throwOnEndOfStream: false);
        return _length <= RevocationList.MaxSize;
    }
}
