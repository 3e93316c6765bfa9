using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cli.Terminal;

/// <summary>Characters of a passphrase, pinned and erased on <see cref="Dispose"/>.</summary>
internal sealed class Passphrase : IDisposable
{
    private const int MaxLength = 1024;

    private readonly char[] _characters = GC.AllocateArray<char>(MaxLength, pinned: true);
    private int _length;

    public ReadOnlySpan<char> Characters => _characters.AsSpan(0, _length);

    public void Append(char character)
    {
        if (_length == MaxLength) throw new CommandException(ExitCode.Usage, $"A passphrase has at most {MaxLength} characters.");
        _characters[_length++] = character;
    }

    public void Append(ReadOnlySpan<char> characters)
    {
        foreach (char character in characters) Append(character);
    }

    public void RemoveLast()
    {
        if (_length > 0) _characters[--_length] = '\0';
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_characters.AsSpan()));
}
