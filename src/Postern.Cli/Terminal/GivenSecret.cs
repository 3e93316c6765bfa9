using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Postern.Cli.Files;

namespace Postern.Cli.Terminal;

/// <summary>A secret that was given with the command: the first line of a file, else the value of an environment variable, if one is named.</summary>
internal sealed class GivenSecret(CommandTerminal terminal, string what, string? file, string? variable)
{
    public bool IsGiven => file is not null || Value is not null;

    private string? Value => variable is not null && terminal.GetVariable(variable) is { Length: > 0 } value ? value : null;

    /// <summary>The secret; null if none was given.</summary>
    public Passphrase? Get()
    {
        if (file is not null) return ReadFile(file);
        if (Value is not { } value) return null;
        Passphrase secret = new();
        secret.Append(value);
        return secret;
    }

    // The first line, as openssl and ssh-keygen read it.
    private Passphrase ReadFile(string path)
    {
        using FileBytes bytes = FileBytes.Read(terminal, path);
        ReadOnlySpan<byte> line = bytes.Span;
        int end = line.IndexOfAny("\r\n"u8);
        if (end >= 0) line = line[..end];
        if (line.IsEmpty) throw new CommandException(ExitCode.Usage, $"The first line of {path} is empty: it should be the {what}.");
        char[] characters = GC.AllocateArray<char>(Encoding.UTF8.GetMaxCharCount(line.Length), pinned: true);
        Passphrase secret = new();
        secret.Append(characters.AsSpan(0, Encoding.UTF8.GetChars(line, characters)));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(characters.AsSpan()));
        return secret;
    }
}
