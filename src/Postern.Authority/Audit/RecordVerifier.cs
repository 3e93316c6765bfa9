using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Audit;

/// <summary>Verifies the rows in themselves, and says what the log must say for them.</summary>
internal sealed class RecordVerifier(IInventoryTransaction inventory, RootCertificate root, List<string> findings)
{
    // When it is verified does not matter, nor who signed the root.
    private static readonly VerificationPolicy AtAnyTime =
        VerificationPolicy.Default with { AllowExpiredRoot = true, AllowNotYetValid = true, AllowExternallySignedRoot = true };

    private readonly Dictionary<string, RequestRecord> _requests = new(StringComparer.Ordinal);

    // How many first certificates each actor issued.
    private readonly Dictionary<string, int> _issuers = new(StringComparer.Ordinal);

    /// <summary>How many certificates there were.</summary>
    public int Certificates { get; private set; }

    public IEnumerable<AuditClaim> Run()
    {
        foreach (RequestRecord request in inventory.ReadRequests()) _requests.Add(request.Serial, request);
        HashSet<string> issued = new(StringComparer.Ordinal);
        CertificateRecord? former = null;
        foreach (CertificateRecord certificate in inventory.ReadCertificates())
        {
            Certificates++;
            issued.Add(certificate.Serial);
            if (certificate.Generation == 1) _issuers[certificate.IssuedBy] = _issuers.GetValueOrDefault(certificate.IssuedBy) + 1;
            VerifyOrder(former, certificate);
            former = certificate;
            yield return Claim(certificate);
        }

        VerifyOrder(former, null);
        foreach (string serial in _requests.Keys.Except(issued, StringComparer.Ordinal)) findings.Add($"Request {serial}: there is no certificate.");
        List<RevocationRecord> revocations = [.. inventory.ReadRevocations()];
        foreach (RevocationRecord revocation in revocations)
        {
            if (!issued.Contains(revocation.Serial)) findings.Add($"Revocation of {revocation.Serial}: there is no such certificate.");
            yield return Claim(revocation);
        }

        foreach (RevocationListRecord list in inventory.ReadLists())
        {
            if (!list.IsOf(root, [.. revocations.Where(revocation => revocation.Entry < list.Entry)]))
            {
                findings.Add($"Revocation list {list.Number}: it is not the revocations that were recorded before it.");
            }

            yield return Claim(list);
        }

        foreach (TokenRecord token in inventory.ReadTokens())
        {
            VerifyUses(token);
            yield return Claim(token);
        }

        foreach (SubmissionRecord submission in inventory.ReadSubmissions())
        {
            // An approved one has the entry of its certificate.
            if (submission.State == SubmissionState.Refused) yield return Claim(submission);
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

        string action = record.Generation == 1 ? AuditAction.Issued : AuditAction.Renewed;
        return new AuditClaim(Name(record), record.Entry, action, record.Serial, details, record.IssuedAt, record.IssuedBy);
    }

    private void VerifyUses(TokenRecord token)
    {
        if (token.Kind == TokenKind.Enrol && _issuers.GetValueOrDefault(token.Actor) > token.Uses) findings.Add($"Token {token.Id}: it was used more often than it could be.");
    }

    private static AuditClaim Claim(TokenRecord record) => new(
        $"Token {record.Id}", record.Entry, AuditAction.TokenAdded, record.Id, AuditDetails.Of(record), record.CreatedAt, record.CreatedBy);

    private static AuditClaim Claim(SubmissionRecord record) => new(
        $"Refusal of the request {record.Id}",
        record.Entry ?? 0,
        AuditAction.RequestRefused,
        record.Serial,
        AuditDetails.Of(record),
        record.DecidedAt,
        record.DecidedBy);

    private static AuditClaim Claim(RevocationRecord record) => new(
        $"Revocation of {record.Serial}",
        record.Entry,
        AuditAction.Revoked,
        record.Serial,
        AuditDetails.Of(record),
        record.RevokedAt,
        record.RevokedBy);

    private AuditClaim Claim(RevocationListRecord record) => new(
        $"Revocation list {record.Number}",
        record.Entry,
        AuditAction.ListPublished,
        root.SerialNumber,
        AuditDetails.Of(record),
        record.IssuedAt,
        record.PublishedBy);

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
            root.Verify(certificate, AtAnyTime with { Clock = new FixedTime(record.ValidFrom) });
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
