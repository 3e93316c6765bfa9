using Postern.Authority.Enrolment;
using Postern.Authority.Pkcs11;
using Postern.Authority.Service;
using Postern.Authority.Storage;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Doctor;

/// <summary>A file that was read, with what it holds.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Content">What <see cref="FileContent.Parse"/> gives; null for an inventory.</param>
internal sealed record ExaminedFile(string Path, object? Content) : IDisposable
{
    private static readonly string[] Extensions = [".qrr", ".qrc", ".qsk", ".qskey", ".qpkey", ".qrl", ".qrt", ".qreq", ".db"];

    /// <summary>A key, a token, or the inventory: nobody but its owner is to read it.</summary>
    public bool IsSecret => Content is null or SigningKeyFile or Qsmp.QsmpPrivateKey or SealedKey or TokenContainer or EnrolmentToken;

    /// <summary>It is a key under a passphrase, opened or not.</summary>
    public bool IsSealed { get; private init; }

    /// <summary>It is an inventory on a server, not a file.</summary>
    public bool IsOnServer => PostgresAddress.IsAddress(Path);

    // One folder for the root and one for each server is usual.
    private static readonly EnumerationOptions WithSubfolders = new() { RecurseSubdirectories = true, MaxRecursionDepth = 1, AttributesToSkip = FileAttributes.None };

    /// <summary>The files of a folder and of its subfolders that have a name of Postern's, or the file itself.</summary>
    public static IEnumerable<string> Find(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*", WithSubfolders).Where(IsOurs).Order(StringComparer.Ordinal)
        : [path];

    /// <summary>Reads a file; a key under a passphrase is opened if the passphrase was given.</summary>
    /// <exception cref="CommandException">It cannot be read, or the passphrase is not its own.</exception>
    /// <exception cref="FormatException">It is not what its beginning says.</exception>
    public static ExaminedFile Read(CommandTerminal terminal, string path, PassphraseSource passphrases)
    {
        if (PostgresAddress.IsAddress(path) || IsDatabase(path)) return new ExaminedFile(path, null);
        using FileBytes bytes = FileBytes.Read(terminal, path);
        object content = FileContent.Parse(bytes.Span, zone: null) ?? throw new FormatException($"It is {FileContent.NameOf(null)}.");
        if (content is not SealedKey sealedKey) return new ExaminedFile(path, content);
        return new ExaminedFile(path, passphrases.IsGiven ? new KeyFiles(terminal).Open(path, sealedKey, passphrases) : content) { IsSealed = true };
    }

    public void Dispose() => (Content as IDisposable)?.Dispose();

    private static bool IsOurs(string path) =>
        Extensions.Contains(System.IO.Path.GetExtension(path), StringComparer.Ordinal) || System.IO.Path.GetFileName(path) == ServiceFiles.AdminTokenName;

    private static bool IsDatabase(string path)
    {
        if (!File.Exists(path)) return false;
        Span<byte> start = stackalloc byte[16];
        using FileStream stream = File.OpenRead(path);
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("SQLite format 3\0"u8);
    }
}
