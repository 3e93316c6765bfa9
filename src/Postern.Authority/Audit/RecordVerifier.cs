using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Audit;

/// <summary>Verifies the rows in themselves, and says what the log must say for them.</summary>
internal sealed class RecordVerifier(IInventoryTransaction inventory, RootChain roots, List<string> findings)
{
    // When it is verified does not matter, nor who signed the root.
    private static readonly VerificationPolicy AtAnyTime =
        VerificationPolicy.Default with { AllowExpiredRoot = true, AllowNotYetValid = true, AllowExternallySignedRoot = true };

    private readonly Dictionary<string, RequestRecord> _requests = new(StringComparer.Ordinal);

    // How many first certificates each actor issued.
    private readonly Dictionary<string, int> _issuers = new(StringComparer.Ordinal);

    // Entries that say that the certificate was signed elsewhere: no row says it.
    private readonly HashSet<long> _imports = [];

    // The entry of each serial's first certificate.
    private readonly Dictionary<string, long> _firstEntries = new(StringComparer.Ordinal);

    /// <summary>How many certificates there were.</summary>
    public int Certificates { get; private set; }

    public IEnumerable<AuditClaim> Run()
    {
        foreach (RequestRecord request in inventory.ReadRequests()) _requests.Add(request.Serial, request);
        foreach (AuditEntry entry in inventory.ReadEntries().Where(entry => entry.Action == AuditAction.Imported)) _imports.Add(entry.Number);
        Dictionary<string, string> issued = new(StringComparer.Ordinal);
        CertificateRecord? former = null;
        foreach (CertificateRecord certificate in inventory.ReadCertificates())
        {
            Certificates++;
            issued.TryAdd(certificate.Serial, certificate.RootSerial);
            if (certificate.Generation == 1)
            {
                _issuers[certificate.IssuedBy] = _issuers.GetValueOrDefault(certificate.IssuedBy) + 1;
                _firstEntries.TryAdd(certificate.Serial, certificate.Entry);
            }

            VerifyOrder(former, certificate);
            former = certificate;
            yield return Claim(certificate);
        }

        VerifyOrder(former, null);
        foreach (string serial in _requests.Keys.Except(issued.Keys, StringComparer.Ordinal)) findings.Add($"Request {serial}: there is no certificate.");
        List<RevocationRecord> revocations = [.. inventory.ReadRevocations()];
        foreach (RevocationRecord revocation in revocations)
        {
            if (!issued.TryGetValue(revocation.Serial, out string? signer)) findings.Add($"Revocation of {revocation.Serial}: there is no such certificate.");
            yield return AuditClaim.Of(revocation, signer);
        }

        // Rows of lists do not name their root; the log does, and the digest covers it.
        Dictionary<long, string> publishers = inventory.ReadEntries().Where(entry => entry.Action == AuditAction.ListPublished).ToDictionary(entry => entry.Number, entry => entry.Subject);
        foreach (RevocationListRecord list in inventory.ReadLists())
        {
            RootCertificate root = roots.Find(publishers.GetValueOrDefault(list.Entry)) ?? roots.Anchor;
            if (!list.IsOf(root, [.. revocations.Where(revocation => revocation.Entry < list.Entry && issued.GetValueOrDefault(revocation.Serial) == root.SerialNumber)]))
            {
                findings.Add($"Revocation list {list.Number}: it is not the revocations that were recorded before it.");
            }

            yield return AuditClaim.Of(list, root.SerialNumber);
        }

        foreach (TokenRecord token in inventory.ReadTokens())
        {
            VerifyUses(token);
            yield return AuditClaim.Of(token);
        }

        foreach (SubmissionRecord submission in inventory.ReadSubmissions())
        {
            if (submission.State == SubmissionState.Refused) yield return Claim(submission);
            else if (submission.State == SubmissionState.Approved) VerifyApproval(submission);
        }
    }

    private static string Name(CertificateRecord certificate) => $"Certificate {certificate.Serial}, generation {certificate.Generation}";

    private AuditClaim Claim(CertificateRecord record)
    {
        string details = string.Empty;
        if (!_requests.TryGetValue(record.Serial, out RequestRecord? request)) findings.Add($"{Name(record)}: there is no request.");
        else
        {
            Verify(record, request);
            details = AuditDetails.Of(record, request);
        }

        string action = record.Generation > 1 ? AuditAction.Renewed : _imports.Contains(record.Entry) ? AuditAction.Imported : AuditAction.Issued;
        return new AuditClaim(Name(record), record.Entry, action, record.Serial, details, record.IssuedAt, record.IssuedBy, record.RootSerial);
    }

    private void VerifyUses(TokenRecord token)
    {
        if (token.Kind == TokenKind.Enrol && _issuers.GetValueOrDefault(token.Actor) > token.Uses) findings.Add($"Token {token.Id}: it was used more often than it could be.");
    }

    // It has the entry of its certificate, whose claim has the rest.
    private void VerifyApproval(SubmissionRecord submission)
    {
        if (submission.Entry is { } entry && _firstEntries.TryGetValue(submission.Serial, out long first) && first == entry) return;
        findings.Add($"Approval of the request {submission.Id}: no certificate was issued with it.");
    }

    private static AuditClaim Claim(SubmissionRecord record) => new(
        $"Refusal of the request {record.Id}",
        record.Entry ?? 0,
        AuditAction.RequestRefused,
        record.Serial,
        AuditDetails.Of(record),
        record.DecidedAt,
        record.DecidedBy,
        Signer: null);

    private void Verify(CertificateRecord record, RequestRecord request)
    {
        try
        {
            ServerCertificate certificate = record.Parse();
            CertificateRecord expected = CertificateRecord.Of(certificate, record.Generation, record.IssuedAt, record.IssuedBy, record.Entry) with
            {
                ReplacedBy = record.ReplacedBy,
                Certificate = record.Certificate,
            };
            if (record != expected) findings.Add($"{Name(record)}: its columns are not those of the certificate.");
            if (!request.IsOf(certificate)) findings.Add($"{Name(record)}: it was not made from its request.");
            if (roots.Find(record.RootSerial) is not { } root) findings.Add($"{Name(record)}: its root {record.RootSerial} is not trusted.");
            else root.Verify(certificate, AtAnyTime with { Clock = new FixedTime(record.ValidFrom) });
        }
        catch (Exception exception) when (exception is FormatException or ChannelException)
        {
            findings.Add($"{Name(record)}: {exception.Message}");
        }
    }

    // By serial and generation: each but the last of a serial is replaced by the next.
    private void VerifyOrder(CertificateRecord? former, CertificateRecord? certificate)
    {
        bool isRenewal = former is not null && former.Serial == certificate?.Serial;
        if (certificate is not null && certificate.Generation != (isRenewal ? former!.Generation + 1 : 1))
        {
            findings.Add($"{Name(certificate)}: the generation before it is missing.");
        }

        if (isRenewal && certificate!.RootSerial != former!.RootSerial) findings.Add($"{Name(certificate)}: another root signed it than the one before it.");
        if (former is not null && former.ReplacedBy != (isRenewal ? certificate!.Generation : null))
        {
            findings.Add($"{Name(former)}: replaced by {former.ReplacedBy?.ToString() ?? "none"}, which is not so.");
        }
    }

    private sealed class FixedTime(DateTimeOffset time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time;
    }
}
