using System.Net;
using System.Security.Cryptography;
using Postern.Authority.Audit;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Connections;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Authority.Enrolment;

/// <summary>
/// Issues certificates to those who ask over the network: by token, by the key of the certificate before, or by an administrator's word. Each is one
/// transaction, so that a token is not used once more by another who asks at the same time. The key is the caller's.
/// </summary>
internal sealed class EnrolmentDesk(Inventory inventory, RootKey key)
{
    /// <summary>The name of the service's own certificates: nobody else may have it, for clients go by it.</summary>
    public const string ReservedName = "postern-rds";

    /// <summary>Requests that wait at once.</summary>
    public const int MaxWaiting = 256;

    /// <summary>Requests of one network that wait at once, so that nobody takes all places.</summary>
    public const int MaxWaitingOfNetwork = 32;

    /// <summary>Successors that a certificate may get, for answers that were lost on the way.</summary>
    public const int MaxSuccessors = 5;

    /// <summary>A renewal is signed for the moment.</summary>
    public static readonly TimeSpan RenewalTolerance = TimeSpan.FromMinutes(5);

    private const int MaxPatternLength = 64;
    private const ulong SecondsPerDay = 86_400;

    // Who signed the root was looked at when its key was loaded.
    private static readonly VerificationPolicy AsSigned = VerificationPolicy.Default with { AllowNotYetValid = true, AllowExternallySignedRoot = true };

    private static readonly TimeSpan RequestLifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan WaitingLifetime = TimeSpan.FromDays(30);

    private DateTimeOffset Now => RecordText.Now(inventory.Clock);

    /// <summary>Makes a token; it is the only time that its secret is seen.</summary>
    /// <exception cref="InventoryException">The pattern is not 1 to 64 printable ASCII characters: it is a line of the log.</exception>
    public (EnrolmentToken Token, TokenRecord Record) CreateToken(TokenKind kind, string pattern, TimeSpan lifetime, int? days = null, int uses = 1)
    {
        if (pattern.Length is < 1 or > MaxPatternLength || pattern.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw Refused($"A token's name is 1 to {MaxPatternLength} printable ASCII characters; * is any text.");
        }

        EnrolmentToken token = EnrolmentToken.Generate();
        using IInventoryTransaction transaction = inventory.BeginChange();
        TokenRecord record = new()
        {
            Id = token.Id,
            Kind = kind,
            Hash = token.Hash,
            Pattern = pattern,
            Days = days,
            Uses = uses,
            ExpiresAt = Now + lifetime,
            CreatedAt = Now,
            CreatedBy = inventory.Actor,
            Entry = transaction.ReadHead().Number + 1,
        };
        inventory.Append(transaction, key, record.CreatedAt, AuditAction.TokenAdded, record.Id, AuditDetails.Of(record));
        transaction.Add(record);
        transaction.Commit();
        return (token, record);
    }

    /// <summary>Issues a certificate to who shows a token.</summary>
    /// <exception cref="InventoryException">The token or the request is not good for that.</exception>
    public CertificateRecord Enrol(EnrolmentToken token, SignedRequest request)
    {
        ExpectUsable(request, RequestLifetime);
        using IInventoryTransaction transaction = inventory.BeginChange();
        TokenRecord record = ExpectToken(transaction, token, request.Request.Issuer);
        TimeSpan? validity = record.Days is { } days ? TimeSpan.FromDays(days) : null;
        CertificateRecord certificate = Issue(transaction, inventory.As(record.Actor), request.Request, validity);
        transaction.Commit();
        return certificate;
    }

    /// <summary>Issues the successor of a certificate to who holds its key.</summary>
    /// <exception cref="InventoryException">The certificate has ended or is revoked, or another key signed.</exception>
    public CertificateRecord Renew(RenewalRequest renewal)
    {
        ExpectUsable(renewal.Request, RenewalTolerance);
        if ((renewal.Time - Now).Duration() > RenewalTolerance) throw Refused($"The renewal was signed at {renewal.Time:u}, and it is {Now:u} here.");
        if (renewal.RootSerial != inventory.Root.SerialNumber) throw Refused("The renewal is for another root.");
        using IInventoryTransaction transaction = inventory.BeginChange();
        ServerCertificate former = Inventory.Find(transaction, renewal.FormerSerial).Parse();
        Inventory.ExpectNotRevoked(transaction, former.SerialNumber);
        if (former.ValidTo < Now) throw Refused($"The certificate {former.SerialNumber} ended on {former.ValidTo:u}: enrol anew.");
        if (!renewal.IsSignedBy(former)) throw Refused($"The renewal is not signed by the key of {former.SerialNumber}.");
        ExpectOwn(former);
        if (renewal.Request.Request.Issuer != former.Issuer) throw Refused($"The certificate's name is '{former.Issuer}', and stays so.");
        string actor = ActorOfRenewal(former.SerialNumber);
        if (transaction.CountIssuedBy(actor) >= MaxSuccessors) throw Refused($"The certificate {former.SerialNumber} was renewed {MaxSuccessors} times already.");
        CertificateRecord certificate = Issue(transaction, inventory.As(actor), renewal.Request.Request, SpanOf(former));
        transaction.Commit();
        return certificate;
    }

    /// <summary>Keeps a request for an administrator.</summary>
    /// <exception cref="InventoryException">It is not good, is there already, or too many wait.</exception>
    public SubmissionRecord Submit(SignedRequest request, string origin)
    {
        ExpectUsable(request, RequestLifetime);
        using IInventoryTransaction transaction = inventory.BeginChange();
        transaction.ForgetSubmissionsBefore(Now - WaitingLifetime);
        string serial = request.Request.SerialNumber;
        if (transaction.FindRequest(serial) is not null || transaction.IsSubmitted(serial)) throw AlreadyThere(serial);
        ExpectRoom(transaction.ListWaitingOrigins(), origin);
        SubmissionRecord record = new()
        {
            Id = RandomNumberGenerator.GetHexString(32),
            Serial = serial,
            Name = request.Request.Issuer,
            Request = request.ToBytes(),
            Origin = origin,
            SubmittedAt = Now,
            State = SubmissionState.Submitted,
        };
        transaction.Add(record);
        transaction.Commit();
        return record;
    }

    /// <summary>Issues a certificate for a request that waits.</summary>
    /// <exception cref="InventoryException">None waits, or none can be issued.</exception>
    public CertificateRecord Approve(string id, TimeSpan? validity)
    {
        using IInventoryTransaction transaction = inventory.BeginChange();
        SubmissionRecord submission = ExpectWaiting(transaction, id);
        SignedRequest request = submission.Parse();
        // What the administrator saw is the row; what is signed is the request.
        if (request.Request.SerialNumber != submission.Serial || request.Request.Issuer != submission.Name) throw Refused($"The request {id} is not what was shown of it.");
        ExpectUsable(request, RequestLifetime + WaitingLifetime);
        CertificateRecord certificate = Issue(transaction, inventory, request.Request, validity);
        Decide(transaction, submission, SubmissionState.Approved, certificate.Entry);
        transaction.Commit();
        return certificate;
    }

    /// <summary>Says no to a request that waits.</summary>
    /// <exception cref="InventoryException">None waits.</exception>
    public SubmissionRecord Refuse(string id)
    {
        using IInventoryTransaction transaction = inventory.BeginChange();
        SubmissionRecord submission = ExpectWaiting(transaction, id);
        long entry = transaction.ReadHead().Number + 1;
        inventory.Append(transaction, key, Now, AuditAction.RequestRefused, submission.Serial, AuditDetails.Of(submission));
        SubmissionRecord decided = Decide(transaction, submission, SubmissionState.Refused, entry);
        transaction.Commit();
        return decided;
    }

    /// <summary>
    /// Revokes a serial, and with a compromised key also those that were renewed with it, which the thief may have: all that are not revoked yet, the
    /// serial first. All of them or, if it breaks off, none: a second attempt would be refused at the first.
    /// </summary>
    /// <exception cref="InventoryException">The serial is unknown, or revoked already.</exception>
    public IReadOnlyList<RevocationRecord> Revoke(string serial, RevocationReason reason)
    {
        using IInventoryTransaction transaction = inventory.BeginChange();
        List<RevocationRecord> revoked = [inventory.Revoke(transaction, serial, reason, key)];
        if (reason == RevocationReason.KeyCompromise)
        {
            foreach (CertificateSummary successor in FindSuccessors(transaction, serial))
            {
                if (successor.RevokedAt is null) revoked.Add(inventory.Revoke(transaction, successor.Serial, reason, key));
            }
        }

        transaction.Commit();
        return revoked;
    }

    /// <summary>Writes into the log how many calls there were that changed nothing.</summary>
    public void RecordCalls(IReadOnlyCollection<KeyValuePair<string, long>> calls)
    {
        using IInventoryTransaction transaction = inventory.BeginChange();
        inventory.Append(transaction, key, Now, AuditAction.Calls, inventory.Root.SerialNumber, AuditDetails.Of(calls));
        transaction.Commit();
    }

    /// <summary>Issues a certificate to the service itself, which has the reserved name.</summary>
    public CertificateRecord IssueOwn(ServerCertificate request)
    {
        using IInventoryTransaction transaction = inventory.BeginChange();
        CertificateRecord certificate = Issue(transaction, inventory, request, null);
        transaction.Commit();
        return certificate;
    }

    private static string ActorOfRenewal(string serial) => $"renewal of {serial}";

    // Its own, theirs, and so on.
    private static List<CertificateSummary> FindSuccessors(IInventoryTransaction transaction, string serial)
    {
        // The first certificate of a serial says whose successor it is; one that was renewed by hand replaced it.
        IEnumerable<CertificateSummary> first = transaction.List(new CertificateQuery { WithReplaced = true }).Where(found => found.Generation == 1);
        ILookup<string, CertificateSummary> issued = first.ToLookup(found => found.IssuedBy, StringComparer.Ordinal);
        List<CertificateSummary> successors = [.. issued[ActorOfRenewal(serial)]];
        for (int i = 0; i < successors.Count; i++) successors.AddRange(issued[ActorOfRenewal(successors[i].Serial)]);
        return successors;
    }

    private static TimeSpan SpanOf(ServerCertificate certificate) => TimeSpan.FromDays(
        Math.Clamp(Math.Round((certificate.ValidTo - certificate.ValidFrom).TotalDays), 1, ServerKey.MaxValidityDays));

    private static InventoryException Refused(string message) => new(InventoryError.RequestRefused, message);

    private static InventoryException AlreadyThere(string serial) =>
        new(InventoryError.AlreadyIssued, $"A request or a certificate with the serial {serial} is there already.");

    private static SubmissionRecord ExpectWaiting(IInventoryTransaction transaction, string id) =>
        transaction.FindSubmission(id) is { State: SubmissionState.Submitted } submission
            ? submission
            : throw new InventoryException(InventoryError.UnknownRequest, $"No request {id} is waiting.");

    private static void ExpectRoom(IReadOnlyList<string> waiting, string origin)
    {
        IPAddress? network = NetworkOf(origin);
        if (waiting.Count >= MaxWaiting) throw new InventoryException(InventoryError.TooMany, "Too many requests are waiting.");
        if (waiting.Count(other => Equals(NetworkOf(other), network)) < MaxWaitingOfNetwork) return;
        throw new InventoryException(InventoryError.TooMany, "Too many requests from your network are waiting.");
    }

    private static IPAddress? NetworkOf(string origin) =>
        IPAddress.TryParse(origin, out IPAddress? address) ? ConnectionTable.NetworkOf(new IPEndPoint(address, 0)) : null;

    private void ExpectUsable(SignedRequest request, TimeSpan lifetime)
    {
        if (request.Request.IsSigned || request.Request.Suite != inventory.Root.Suite || request.Request.Version != Certificate.CurrentVersion)
        {
            throw Refused($"The request must be a new one for {inventory.Root.Suite}.");
        }

        ExpectUsableFields(request.Request);
        if (request.Request.Issuer == ReservedName) throw Refused($"The name '{ReservedName}' is the service's own.");
        if (request.Time > Now + RenewalTolerance || request.Time < Now - lifetime) throw Refused($"The request was signed at {request.Time:u}, and it is {Now:u} here.");
        if (!request.IsProven()) throw Refused("The request is not signed by its key.");
    }

    // A key file of this program has no others. Names go into the log's lines and to terminals.
    private void ExpectUsableFields(ServerCertificate request)
    {
        if (!SigningKeyFile.IsIssuer(request.Issuer) || !request.IssuerField.SequenceEqual(SigningKeyFile.IssuerBytes(request.Issuer)))
        {
            throw Refused($"A name is 1 to {Certificate.IssuerSize} printable ASCII characters.");
        }

        ulong latestStart = UnixTime.ToSeconds(Now + RenewalTolerance);
        ulong longest = ServerKey.MaxValidityDays * SecondsPerDay;
        if (request.ValidFromSeconds > latestStart || request.ValidToSeconds <= request.ValidFromSeconds || request.ValidToSeconds - request.ValidFromSeconds > longest)
        {
            throw Refused($"The request's key is to be valid from now on, for at most {ServerKey.MaxValidityDays} days.");
        }
    }

    // Whoever writes the inventory's rows could put a certificate of his own there.
    private void ExpectOwn(ServerCertificate former)
    {
        try
        {
            inventory.Root.Verify(former, AsSigned with { Clock = inventory.Clock });
        }
        catch (ChannelException exception)
        {
            throw Refused($"The certificate {former.SerialNumber} is not renewed here: {exception.Message}");
        }
    }

    // Whether it is unknown or the secret is wrong is the same answer.
    private TokenRecord ExpectToken(IInventoryTransaction transaction, EnrolmentToken token, string name)
    {
        if (transaction.FindToken(token.Id) is not { Kind: TokenKind.Enrol } record || !token.Is(record.Hash.Span)) throw TokenRefused("is unknown");
        inventory.Witness(transaction).Expect(AuditClaim.Of(record));
        if (record.ExpiresAt < Now) throw TokenRefused($"expired on {record.ExpiresAt:u}");
        if (transaction.CountIssuedBy(record.Actor) >= record.Uses) throw TokenRefused("is used up");
        if (!record.Allows(name)) throw TokenRefused($"is for '{record.Pattern}', not for '{name}'");
        return record;
    }

    private static InventoryException TokenRefused(string why) => new(InventoryError.TokenRefused, $"The token {why}.");

    private CertificateRecord Issue(IInventoryTransaction transaction, Inventory actor, ServerCertificate request, TimeSpan? validity)
    {
        if (transaction.FindRequest(request.SerialNumber) is not null) throw AlreadyThere(request.SerialNumber);
        ServerCertificate certificate = Sign(request, validity);
        RequestRecord record = RequestRecord.Of(request);
        transaction.Add(record);
        return actor.Record(transaction, AuditAction.Issued, certificate, record, generation: 1, key);
    }

    private ServerCertificate Sign(ServerCertificate request, TimeSpan? validity)
    {
        try
        {
            ServerCertificate certificate = key.SignCertificate(request, validity, inventory.Clock);
            // A fault while signing must not leave this machine.
            inventory.Root.Verify(certificate, AsSigned with { Clock = inventory.Clock });
            return certificate;
        }
        catch (ArgumentException exception)
        {
            throw Refused(exception.Message.Split(" (Parameter '", 2)[0]);
        }
    }

    private SubmissionRecord Decide(IInventoryTransaction transaction, SubmissionRecord submission, SubmissionState state, long entry)
    {
        SubmissionRecord decided = submission with { State = state, DecidedBy = inventory.Actor, DecidedAt = Now, Entry = entry };
        transaction.Decide(decided);
        return decided;
    }
}
