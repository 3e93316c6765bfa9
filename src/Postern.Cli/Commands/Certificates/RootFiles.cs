using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary>The root's certificate and the key that must be its own.</summary>
internal sealed class RootFiles(TimeProvider clock, KeyFiles files, string rootPath, string keyPath)
{
    /// <summary>The root's outside signature is its clients' matter.</summary>
    public static VerificationPolicy Policy { get; } = VerificationPolicy.Default with { AllowExternallySignedRoot = true };

    /// <summary>How a token is used whose key the root's is under.</summary>
    public TokenAccess? Tokens { get; init; }

    /// <summary>The certificate, whose own signature holds.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="files">What loads it.</param>
    /// <param name="path">Its file.</param>
    /// <param name="allowExpired">True where nothing is signed with it.</param>
    public static RootCertificate LoadRoot(TimeProvider clock, KeyFiles files, string path, bool allowExpired)
    {
        RootCertificate root = files.LoadRoot(path);
        try
        {
            root.VerifySelf(Policy with { Clock = clock, AllowExpiredRoot = allowExpired });
            return root;
        }
        catch (ChannelException exception)
        {
            throw new CommandException(ExitCode.Failed, $"{path}: {exception.Message}");
        }
    }

    public RootCertificate LoadRoot() => LoadRoot(clock, files, rootPath, allowExpired: false);

    public RootKey LoadKey(RootCertificate root, PassphraseSource passphrases)
    {
        RootKey key = files.LoadRootKey(keyPath, passphrases, Tokens);
        if (key.BelongsTo(root)) return key;
        key.Dispose();
        throw new CommandException(
            ExitCode.File, $"{keyPath} (serial {key.SerialNumber}) is not the key of {rootPath} (serial {root.SerialNumber}).");
    }
}
