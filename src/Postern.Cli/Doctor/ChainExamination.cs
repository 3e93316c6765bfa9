using Postern.Cli.Files;
using Postern.Qsmp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Doctor;

/// <summary>What the files say of each other: certificates under their roots, keys and their certificates, lists and what they revoke.</summary>
internal sealed class ChainExamination
{
    // Dates are looked at with each file.
    private static readonly VerificationPolicy Policy = new() { AllowExpiredRoot = true, AllowNotYetValid = true, AllowExternallySignedRoot = true };

    private readonly IReadOnlyList<ExaminedFile> _files;
    private readonly TimeProvider _clock;
    private readonly List<VerifiedRevocationList> _lists = [];

    public ChainExamination(IReadOnlyList<ExaminedFile> files, TimeProvider clock)
    {
        _files = files;
        _clock = clock;
        List<RootCertificate> roots = [.. Of<RootCertificate>().Select(file => file.Content)];
        Roots = roots.Count > 0 ? new TrustedRoots(roots) : null;
    }

    /// <summary>The roots among the files; null if there is none.</summary>
    public TrustedRoots? Roots { get; }

    /// <summary>The certificates that verify and are valid, for a handshake.</summary>
    public List<VerifiedServer> Servers { get; } = [];

    public IEnumerable<Finding> Run() =>
    [
        .. Of<RootCertificate>().Select(file => Check(file.Path, "signed by itself", () => file.Content.VerifySelf(Policy))),
        .. Of<RevocationList>().Select(file => CheckList(file.Path, file.Content)),
        .. Of<RootTransition>().Select(file => CheckTransition(file.Path, file.Content)),
        .. Of<ServerCertificate>().Select(file => CheckCertificate(file.Path, file.Content)),
        .. Of<SigningKeyFile>().Select(file => CheckKey(file.Path, file.Content)),
        .. Of<QsmpPrivateKey>().Select(file => CheckKey(file.Path, file.Content)),
    ];

    private IEnumerable<(string Path, T Content)> Of<T>() =>
        from file in _files where file.Content is T select (file.Path, (T)file.Content!);

    private Finding CheckCertificate(string path, ServerCertificate certificate)
    {
        if (!certificate.IsSigned) return Finding.Ok(path, "a request; the root has to sign it");
        if (Roots is null) return NoRoot(path);
        if (_lists.FirstOrDefault(list => list.RootSerialNumber == certificate.RootSerialNumber)?.Find(certificate.SerialNumber) is { } revoked)
        {
            return Finding.Fail(path, $"revoked on {revoked.RevokedAt:u} ({revoked.ReasonName})", "The server needs a new key: 'postern cert enroll' where the root is a service, else 'postern cert request'.");
        }

        return Check(path, "verifies under its root", () =>
        {
            VerifiedServer server = Roots.Verify(certificate, Policy with { Clock = new Commands.Certificates.FixedClock(certificate.ValidFrom) });
            if (_clock.GetUtcNow() <= certificate.ValidTo) Servers.Add(server);
        });
    }

    private Finding CheckList(string path, RevocationList list)
    {
        if (Roots is null) return NoRoot(path);
        if (_clock.GetUtcNow() > list.NextUpdate)
        {
            return Finding.Fail(path, $"stale: another list was due by {list.NextUpdate:u}", "Publish one with 'postern root revocations', or see why it is not fetched.");
        }

        return Check(path, $"revocation list {list.Number}, {list.Count} revoked, next update by {list.NextUpdate:u}", () => _lists.Add(Roots.Verify(list, Policy)));
    }

    private Finding CheckTransition(string path, RootTransition transition) =>
        Roots?.All.FirstOrDefault(root => root.SerialNumber == transition.RootSerialNumber) is { } root
            ? Check(path, $"leads from '{root.Issuer}' to '{transition.UnverifiedSuccessor.Issuer}'", () => root.Verify(transition, Policy))
            : Finding.Warn(path, $"the root {transition.RootSerialNumber} that signed it is not here", "Give that root's certificate, too.");

    private Finding CheckKey(string path, SigningKeyFile key)
    {
        List<(string Path, Certificate Content)> same = [.. Of<Certificate>().Where(file => file.Content.SerialNumber == key.SerialNumber)];
        if (same.Find(file => !key.BelongsTo(file.Content)) is { Path: { } other })
        {
            return Finding.Fail(path, $"not the key of {other}, though the serial is the same", "Find the key that the request was made with.");
        }

        return same.Find(file => file.Content is RootCertificate or ServerCertificate { IsSigned: true }) is { Path: { } own }
            ? Finding.Ok(path, $"the key of {own}")
            : Finding.Warn(path, $"there is no certificate of this key here (serial {key.SerialNumber})", "Have the request signed, or give the certificate's file, too.");
    }

    private Finding CheckKey(string path, QsmpPrivateKey key)
    {
        List<(string Path, QsmpPublicKey Content)> same = [.. Of<QsmpPublicKey>().Where(file => file.Content.KeyIdentity == key.KeyIdentity)];
        if (same.Find(file => file.Content.Fingerprint != key.Fingerprint) is { Path: { } other })
        {
            return Finding.Fail(path, $"{other} has its identity and another key", "Compare the fingerprints with those that came to you another way, and remove the file that is wrong.");
        }

        // Its holder needs no more than the private half.
        return Finding.Ok(path, same.Count > 0 ? $"the key of {same[0].Path}" : $"the key {key.KeyIdentity}");
    }

    private static Finding NoRoot(string path) =>
        Finding.Warn(path, "not verified: no root is among the files", "Give the root's certificate, too.");

    private static Finding Check(string path, string good, Action check)
    {
        try
        {
            check();
            return Finding.Ok(path, good);
        }
        catch (ChannelException exception)
        {
            return Finding.Fail(path, exception.Message, "Get the file anew from who made it, and compare what 'show' says of it.");
        }
    }
}
