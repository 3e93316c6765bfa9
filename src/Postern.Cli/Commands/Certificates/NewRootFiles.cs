using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary>A root for this machine: made, or there already.</summary>
internal sealed class NewRootFiles(CommandTerminal terminal, KeyFiles files, PassphraseSource passphrases)
{
    /// <summary>Validity of a new root.</summary>
    public const int StandardDays = 1825;

    /// <summary>Makes it, and writes both of its files.</summary>
    /// <param name="folder">Where they go.</param>
    /// <param name="name">The root's name.</param>
    /// <param name="suite">Its set.</param>
    /// <param name="days">Its validity; null for the standard.</param>
    /// <param name="isProtected">The key goes under a passphrase.</param>
    /// <param name="replace">Files that are there are replaced.</param>
    /// <param name="byToken">Puts the key under a token's, or gives null if it is not to be.</param>
    public (RootCertificate Certificate, RootKey Key) Create(
        string folder, string name, Suite suite, int? days, bool isProtected, bool replace, Func<Func<SecretBytes>, SecretBytes?>? byToken = null)
    {
        string keyPath = OutputFiles.In(folder, RootCreateCommand.KeyName);
        string certificatePath = OutputFiles.In(folder, RootCreateCommand.CertificateName);
        OutputFiles.ExpectAbsent(replace, keyPath, certificatePath);
        RootKey key = RootKey.Generate(suite, name, TimeSpan.FromDays(days ?? StandardDays), terminal.Clock);
        try
        {
            RootCertificate certificate = key.CreateCertificate();
            using SecretBytes keyFile = byToken?.Invoke(key.ToSecretBytes) ?? (isProtected
                ? KeyProtection.Protect(key.ToSecretBytes, keyPath, passphrases, ", or choose --no-passphrase")
                : key.ToSecretBytes());
            OutputFiles.WritePair(keyPath, keyFile.Span, certificatePath, certificate.ToBytes(), replace);
            return (certificate, key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Loads it, and checks that its key is its own.</summary>
    public (RootCertificate Certificate, RootKey Key) Load(string certificatePath, string keyPath)
    {
        RootFiles rootFiles = new(terminal.Clock, files, certificatePath, keyPath);
        RootCertificate certificate = rootFiles.LoadRoot();
        return (certificate, rootFiles.LoadKey(certificate, passphrases));
    }
}
