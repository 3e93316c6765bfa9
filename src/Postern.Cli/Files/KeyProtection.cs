using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Storage;

namespace Postern.Cli.Files;

/// <summary>Puts a new key under a passphrase.</summary>
internal static class KeyProtection
{
    /// <summary>The key's file form under a passphrase.</summary>
    /// <param name="export">Gives the key's binary form.</param>
    /// <param name="path">Where it will be stored, for messages.</param>
    /// <param name="passphrases">Where the passphrase comes from.</param>
    /// <param name="alternative">What else a caller without a terminal can do; the end of a sentence.</param>
    public static SecretBytes Protect(Func<SecretBytes> export, string path, PassphraseSource passphrases, string alternative)
    {
        using Passphrase passphrase = passphrases.GetNew(path, alternative);
        using SecretBytes data = export();
        return new SecretBytes(KeyContainer.Protect(data.Span, passphrase.Characters));
    }
}
