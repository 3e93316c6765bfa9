using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Certificates;

/// <summary>Verifies a chain and says yes or no.</summary>
internal sealed class ChainCheck(RootCertificate root, ServerCertificate certificate)
{
    public required VerificationPolicy Policy { get; init; }

    /// <summary>The key of the outside authority that signed the root.</summary>
    public byte[]? AuthorityKey { get; init; }

    private bool NeedsAuthorityKey => AuthorityKey is null && root.Authority is not null;

    /// <summary>Runs every check.</summary>
    /// <param name="startRevocation">Fetches the root's revocation list; it gives null if none is to be looked at.</param>
    public async Task<ChainVerdict> RunAsync(Func<Task<RevocationMonitor?>> startRevocation)
    {
        if (AuthorityKey is not null && root.Authority is null)
        {
            throw new CommandException(ExitCode.Usage, "The root signed itself: --authority-key is for roots that an outside authority signed.");
        }

        try
        {
            root.Verify(certificate, Policy with { AuthorityKey = AuthorityKey });
            await using RevocationMonitor? revocation = await startRevocation();
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
        RootName = root.Issuer,
        RootSerial = root.SerialNumber,
        ValidTo = Policy.AllowExpiredRoot || certificate.ValidTo < root.ValidTo ? certificate.ValidTo : root.ValidTo,
    };
}
