using System.Security.Cryptography;
using Postern.Authority.Pkcs11;
using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Qsmp;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Cli.Files;

/// <summary>
/// Loads certificates and keys in any of their forms: binary, printed text, raw key, key under a passphrase; <c>-</c> is stdin. What is
/// wrong with a file is said with its name.
/// </summary>
/// <param name="terminal">Where warnings and questions go.</param>
/// <param name="zone">Zone of the dates in printed certificates; the host's if null.</param>
internal sealed class KeyFiles(CommandTerminal terminal, TimeZoneInfo? zone = null)
{
    private const int Attempts = 3;

    private readonly HashSet<string> _protected = [];

    private const UnixFileMode OthersMode =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>
    /// What to try when a signature fails and one of the files read was a printed certificate, whose dates do not say their zone; else
    /// null.
    /// </summary>
    public string? ZoneHint { get; private set; }

    /// <summary>Whatever the file holds; see <see cref="FileContent.Parse"/>.</summary>
    public object Load(string path)
    {
        using FileBytes bytes = FileBytes.Read(terminal, path);
        try
        {
            object content = FileContent.Parse(bytes.Span, zone)
                ?? throw new CommandException(ExitCode.File, $"{path}: {bytes.Span.Length} bytes are {FileContent.NameOf(null)}.");
            if (CertificateText.IsText(bytes.Span)) ZoneHint = $"Dates of the printed form were read in the zone {(zone ?? TimeZoneInfo.Local).Id}; if it was printed in another one, say so with --timezone.";
            if (content is SealedKey or TokenContainer) _protected.Add(path);
            if (content is SigningKeyFile or QsmpPrivateKey or SealedKey or TokenContainer) WarnIfReadableByOthers(path);
            return content;
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.File, $"{path}: {exception.Message}");
        }
    }

    public RootCertificate LoadRoot(string path) => Expect<RootCertificate>(path, Load(path), "a root certificate");

    /// <summary>The roots that are trusted together.</summary>
    public LoadedRoots LoadRoots(IReadOnlyList<string> paths) => new(paths, paths.Select(LoadRoot));

    /// <summary>A server's certificate, signed or not.</summary>
    public ServerCertificate LoadCertificate(string path) => Expect<ServerCertificate>(path, Load(path), "a server certificate");

    /// <summary>The same, of what was loaded.</summary>
    public static ServerCertificate ExpectCertificate(string path, object content) => Expect<ServerCertificate>(path, content, "a server certificate");

    /// <summary>A root's key, in clear, under a passphrase, or under a token's key.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="passphrases">Where a passphrase comes from.</param>
    /// <param name="tokens">How a token is used; by the environment alone if null.</param>
    public RootKey LoadRootKey(string path, PassphraseSource passphrases, TokenAccess? tokens = null)
    {
        object content = LoadKey(path, passphrases);
        if (content is TokenContainer container) content = Open(path, container, tokens ?? new TokenAccess(terminal));
        return Expect<RootKey>(path, content, "a root key");
    }

    /// <summary>A key that was loaded from there was under a passphrase or a token's key.</summary>
    public bool WasProtected(string path) => _protected.Contains(path);

    public ServerKey LoadServerKey(string path, PassphraseSource passphrases) =>
        Expect<ServerKey>(path, LoadKey(path, passphrases), "a server key");

    /// <summary>A public key of QSMP that is labelled for this mode.</summary>
    public QsmpPublicKey LoadQsmpPublicKey(string path, QsmpMode mode)
    {
        QsmpPublicKey key = LoadQsmpPublicKey(path);
        if (key.Mode == mode) return key;
        throw new CommandException(
            ExitCode.File, $"{path} is a key for {key.Mode.ToString().ToLowerInvariant()}, not for {mode.ToString().ToLowerInvariant()}.");
    }

    /// <summary>A public key of QSMP, of either mode.</summary>
    public QsmpPublicKey LoadQsmpPublicKey(string path) => Expect<QsmpPublicKey>(path, Load(path), "a public key of QSMP");

    /// <summary>The public key of the peer that must be there.</summary>
    public QsmpPublicKey LoadQsmpPeer(string path, QsmpMode mode, DateTimeOffset now)
    {
        QsmpPublicKey key = LoadQsmpPublicKey(path, mode);
        if (key.Expiration >= now) return key;
        throw new CommandException(ExitCode.Failed, $"{path} expired on {key.Expiration:u}: its owner has to make a new one.");
    }

    public QsmpPrivateKey LoadQsmpPrivateKey(string path, PassphraseSource passphrases) =>
        Expect<QsmpPrivateKey>(path, LoadKey(path, passphrases), "a private key of QSMP");

    public RootTransition LoadTransition(string path) => Expect<RootTransition>(path, Load(path), "a root transition");

    /// <summary>A private key to be used now.</summary>
    public QsmpPrivateKey LoadOwnQsmpKey(string path, PassphraseSource passphrases, DateTimeOffset now)
    {
        QsmpPrivateKey key = LoadQsmpPrivateKey(path, passphrases);
        if (key.Expiration >= now) return key;
        key.Dispose();
        throw new CommandException(ExitCode.Failed, $"{path} expired on {key.Expiration:u}: make a new one with 'postern key generate' and give its public key to the peers.");
    }

    /// <summary>What a client needs: the server's certificate, verified under its root.</summary>
    public VerifiedServer LoadVerifiedServer(LoadedRoots roots, string certificatePath, VerificationPolicy? policy = null)
    {
        ServerCertificate certificate = LoadCertificate(certificatePath);
        return Verify($"{certificatePath} under {roots.PathText}", () => roots.Trusted.Verify(certificate, policy));
    }

    /// <summary>What a server needs: its certificate, verified under its root, and the key that belongs to it.</summary>
    public ServerIdentity LoadIdentity(
        LoadedRoots roots, string certificatePath, string keyPath, PassphraseSource passphrases, VerificationPolicy? policy = null)
    {
        ServerCertificate certificate = LoadCertificate(certificatePath);
        Verify($"{certificatePath} under {roots.PathText}", () => roots.Trusted.Verify(certificate, policy));
        ServerKey key = LoadServerKey(keyPath, passphrases);
        try
        {
            return ServerIdentity.Create(roots.Trusted.RootOf(certificate), certificate, key, policy);
        }
        catch (ArgumentException)
        {
            key.Dispose();
            throw new CommandException(
                ExitCode.File,
                $"{keyPath} (serial {key.SerialNumber}) is not the key of {certificatePath} (serial {certificate.SerialNumber}).");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Opens a key that is under a passphrase: a <see cref="SigningKeyFile"/> or a <see cref="QsmpPrivateKey"/>.</summary>
    public IDisposable Open(string path, SealedKey sealedKey, PassphraseSource passphrases)
    {
        for (int attempt = 1; ; attempt++)
        {
            using Passphrase passphrase = passphrases.Get(path);
            try
            {
                using SecretBytes data = KeyContainer.Unprotect(sealedKey.Container.Span, passphrase.Characters);
                return FileContent.Parse(data.Span, zone) as IDisposable
                    ?? throw new CommandException(ExitCode.File, $"{path}: what is under the passphrase is no key known here.");
            }
            catch (CryptographicException) when (attempt < Attempts && passphrases.CanAskAgain)
            {
                terminal.WriteHint("That is not the passphrase.");
            }
            catch (Exception exception) when (exception is CryptographicException or FormatException)
            {
                throw new CommandException(ExitCode.File, $"{path}: {exception.Message}");
            }
        }
    }

    private object Open(string path, TokenContainer container, TokenAccess tokens)
    {
        try
        {
            using SecretBytes data = tokens.Open(container);
            return FileContent.Parse(data.Span, zone) ?? throw new CommandException(ExitCode.File, $"{path}: what is under the token's key is no key known here.");
        }
        catch (Exception exception) when (exception is TokenException or FormatException)
        {
            throw new CommandException(ExitCode.File, $"{path}: {exception.Message}");
        }
    }

    private static T Verify<T>(string what, Func<T> verify)
    {
        try
        {
            return verify();
        }
        catch (ChannelException exception)
        {
            throw new CommandException(ExitCode.Failed, $"{what}: {exception.Message}");
        }
    }

    private static T Expect<T>(string path, object content, string expected)
    {
        if (content is T wanted) return wanted;
        string actual = FileContent.NameOf(content);
        (content as IDisposable)?.Dispose();
        throw new CommandException(ExitCode.File, $"{path} is {actual}, not {expected}.");
    }

    private object LoadKey(string path, PassphraseSource passphrases)
    {
        object content = Load(path);
        return content is SealedKey sealedKey ? Open(path, sealedKey, passphrases) : content;
    }

    private void WarnIfReadableByOthers(string path)
    {
        if (OperatingSystem.IsWindows() || path == FileBytes.StandardInput) return;
        if ((File.GetUnixFileMode(path) & OthersMode) == UnixFileMode.None) return;
        terminal.WriteWarning($"the key file {path} can be read by others than its owner: run 'chmod 600' on it.");
    }
}
