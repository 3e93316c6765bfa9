using Postern.Cli.Files;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Certificates;

/// <summary>Verifies a chain and says yes or no.</summary>
internal sealed class ChainCheck(LoadedRoots roots, ServerCertificate certificate)
{
    private readonly RootCertificate _root = roots.Nearest(certificate);

    public required VerificationPolicy Policy { get; init; }

    /// <summary>The key of the outside authority that signed the root.</summary>
    public byte[]? AuthorityKey { get; init; }

    private bool NeedsAuthorityKey => AuthorityKey is null && _root.Authority is not null;

    /// <summary>Runs every check.</summary>
    /// <param name="startRevocation">Fetches the revocation list of the certificate's root; it gives null if none is to be looked at.</param>
    public async Task<ChainVerdict> RunAsync(Func<RootCertificate, Task<RevocationMonitor?>> startRevocation)
    {
        if (AuthorityKey is not null && _root.Authority is null)
        {
            throw new CommandException(ExitCode.Usage, "The root signed itself: --authority-key is for roots that an outside authority signed.");
        }

        try
        {
            roots.Trusted.Verify(certificate, Policy with { AuthorityKey = AuthorityKey });
            await using RevocationMonitor? revocation = await startRevocation(_root);
            revocation?.ThrowIfRefused(certificate);
            return Verdict(null);
        }
        catch (ChannelException exception)
        {
            return Verdict(exception);
        }
    }

    private ChainVerdict Verdict(ChannelException? exception) => new()
    {
        IsValid = exception is null,
        Error = exception?.Error,
        Reason = NeedsAuthorityKey && exception is not null ? $"{exception.Message} Give its key with --authority-key." : exception?.Message,
        Name = certificate.Issuer,
        Serial = certificate.SerialNumber,
        RootName = _root.Issuer,
        RootSerial = _root.SerialNumber,
        ValidTo = Policy.AllowExpiredRoot || certificate.ValidTo < _root.ValidTo ? certificate.ValidTo : _root.ValidTo,
    };
}
