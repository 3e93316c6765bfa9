using Postern.Authority.Audit;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Qstp.Certificates;

namespace Postern.Authority;

/// <summary>
/// What a root, or one after the other several, issued, renewed and revoked. Every change is one transaction: the rules are checked, the audit log gets its entry, signed
/// with the root's key, and the rows are written; all of it or nothing. The store is the caller's.
/// </summary>
internal sealed class Inventory
{
    private readonly IInventoryStore _store;
    private readonly RootCertificate _root;
    private readonly TimeProvider _clock;
    private readonly string _actor;

    private Inventory(IInventoryStore store, RootCertificate root, TimeProvider clock, string actor)
    {
        _store = store;
        _root = root;
        _clock = clock;
        _actor = actor;
    }

    /// <summary>Begins the inventory of a root in an empty store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="root">The root's certificate.</param>
    /// <param name="key">Its key.</param>
    /// <param name="clock">The clock of every entry.</param>
    /// <param name="actor">The account that entries name.</param>
    public static Inventory Create(IInventoryStore store, RootCertificate root, RootKey key, TimeProvider clock, string actor)
    {
        Inventory inventory = new(store, root, clock, actor);
        using IInventoryTransaction transaction = store.BeginWrite();
        RootRecord record = RootRecord.Of(root, entry: 1);
        inventory.Append(transaction, key, RecordText.Now(clock), AuditAction.RootAdded, root.SerialNumber, AuditDetails.Of(record));
        transaction.Add(record);
        transaction.Commit();
        return inventory;
    }

    /// <summary>Opens the inventory of a root: the store is whole, the log's head is that of its last entry, and the root signed it.</summary>
    /// <exception cref="InventoryException">It is not so.</exception>
    public static Inventory Open(IInventoryStore store, RootCertificate root, TimeProvider clock, string actor)
    {
        Inventory inventory = OpenForAudit(store, root, clock, actor);
        using IInventoryTransaction transaction = store.BeginRead();
        inventory.CheckHead(transaction);
        return inventory;
    }

    /// <summary>Opens the inventory of a root without a look at its log: <see cref="Verify"/> says what is wrong with it.</summary>
    /// <exception cref="InventoryException">The store is damaged, or another root's.</exception>
    public static Inventory OpenForAudit(IInventoryStore store, RootCertificate root, TimeProvider clock, string actor)
    {
        store.CheckIntegrity();
        Inventory inventory = new(store, root, clock, actor);
        using IInventoryTransaction transaction = store.BeginRead();
        if (transaction.FindRoot(root.SerialNumber) is not { } record || !record.Certificate.Span.SequenceEqual(root.ToBytes()))
        {
            throw new InventoryException(InventoryError.OtherRoot, $"{store.Name} is not the inventory of the root {root.SerialNumber}.");
        }

        return inventory;
    }

    /// <summary>All roots whose certificates are recorded here.</summary>
    public IReadOnlyList<RootCertificate> ReadRoots()
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        return [.. transaction.ReadRoots().ToArray().Select(root => root.Parse())];
    }

    /// <summary>Tells whether that root's certificates are recorded here.</summary>
    public bool HasRoot(RootCertificate root)
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        return transaction.FindRoot(root.SerialNumber) is { } record && record.Certificate.Span.SequenceEqual(root.ToBytes());
    }

    /// <summary>
    /// Adds a root: this one signs that the other one is added, the other one that it takes over the log and was added by this one. From then on
    /// each signs the entries of its own certificates.
    /// </summary>
    /// <exception cref="InventoryException">A root of that serial is there already.</exception>
    public void AddRoot(RootCertificate added, RootKey addedKey, RootKey key)
    {
        using IInventoryTransaction transaction = BeginChange();
        if (transaction.FindRoot(added.SerialNumber) is not null)
        {
            throw new InventoryException(InventoryError.AlreadyIssued, $"The inventory has a root with the serial {added.SerialNumber} already.");
        }

        DateTimeOffset now = RecordText.Now(_clock);
        RootRecord record = RootRecord.Of(added, transaction.ReadHead().Number + 1);
        Append(transaction, key, now, AuditAction.RootAdded, record.Serial, AuditDetails.Of(record));
        transaction.Add(record);
        string details = AuditDetails.OfJoining(transaction.FindRoot(_root.SerialNumber)!);
        Append(transaction, addedKey, now, AuditAction.RootJoined, record.Serial, details);
        transaction.Commit();
    }

    /// <summary>Records the first certificate of a serial.</summary>
    /// <exception cref="InventoryException">One of that serial is recorded already.</exception>
    public CertificateRecord Issue(ServerCertificate request, ServerCertificate certificate, RootKey key) =>
        RecordFirst(AuditAction.Issued, request, certificate, key);

    /// <summary>Records a certificate that this root signed before the inventory began, or beside it.</summary>
    /// <param name="request">What it was made from; the certificate itself if nobody has that: then the key counts as ending with it.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="key">The root's key.</param>
    /// <exception cref="InventoryException">One of that serial is recorded already, or the request is another's.</exception>
    public CertificateRecord Import(ServerCertificate request, ServerCertificate certificate, RootKey key)
    {
        if (!RequestRecord.Of(request).IsOf(certificate))
        {
            throw new InventoryException(InventoryError.RequestRefused, $"The certificate {certificate.SerialNumber} was not made from the request {request.SerialNumber}.");
        }

        return RecordFirst(AuditAction.Imported, request, certificate, key);
    }

    private CertificateRecord RecordFirst(string action, ServerCertificate request, ServerCertificate certificate, RootKey key)
    {
        using IInventoryTransaction transaction = BeginChange();
        if (transaction.FindRequest(certificate.SerialNumber) is not null)
        {
            throw new InventoryException(InventoryError.AlreadyIssued, $"A certificate with the serial {certificate.SerialNumber} was issued already.");
        }

        RequestRecord requestRecord = RequestRecord.Of(request);
        transaction.Add(requestRecord);
        CertificateRecord record = Record(transaction, action, certificate, requestRecord, generation: 1, key);
        transaction.Commit();
        return record;
    }

    /// <summary>Records a certificate that takes the place of <paramref name="former"/>: the same serial and key, other dates.</summary>
    /// <exception cref="InventoryException">The serial is revoked, another root's, or the former certificate is not the newest any more.</exception>
    public CertificateRecord Renew(CertificateRecord former, ServerCertificate certificate, RootKey key)
    {
        using IInventoryTransaction transaction = BeginChange();
        ExpectNotRevoked(transaction, former.Serial);
        ExpectOwn(former);
        if (Find(transaction, former.Serial).Generation != former.Generation)
        {
            throw new InventoryException(InventoryError.Changed, $"{former.Serial} was renewed by another process meanwhile.");
        }

        RequestRecord request = transaction.FindRequest(former.Serial)!;
        CertificateRecord record = Record(transaction, AuditAction.Renewed, certificate, request, former.Generation + 1, key);
        transaction.Commit();
        return record;
    }

    /// <summary>Records that a serial is not to be trusted any more. It cannot be taken back.</summary>
    /// <exception cref="InventoryException">The serial is unknown, another root's, or revoked already.</exception>
    public RevocationRecord Revoke(string serial, RevocationReason reason, RootKey key)
    {
        using IInventoryTransaction transaction = BeginChange();
        RevocationRecord record = Revoke(transaction, serial, reason, key);
        transaction.Commit();
        return record;
    }

    /// <summary>
    /// Signs a list of all revocations of this root's certificates and records that it was. Its number is above all before, so that two processes never sign different lists
    /// of the same; the list itself is not kept, for the next one says as much.
    /// </summary>
    /// <param name="key">The root's key.</param>
    /// <param name="validity">From now to the next update.</param>
    /// <param name="leastNumber">After a backup was restored: a number that is above those published since; else 1.</param>
    public RevocationList PublishRevocations(RootKey key, TimeSpan validity, long leastNumber = 1)
    {
        using IInventoryTransaction transaction = BeginChange();
        DateTimeOffset now = RecordText.Now(_clock);
        List<RevocationRecord> revocations = OwnRevocations(transaction);
        long number = Math.Max(leastNumber, Witness(transaction).ExpectContinued(revocations) + 1);
        RevocationList list = key.SignRevocations(number, revocations.Select(revocation => revocation.ToEntry()), now, now + validity);
        RevocationListRecord record = RevocationListRecord.Of(list, _actor, transaction.ReadHead().Number + 1);
        Append(transaction, key, now, AuditAction.ListPublished, _root.SerialNumber, AuditDetails.Of(record));
        transaction.Add(record);
        transaction.Commit();
        return list;
    }

    /// <summary>
    /// The newest list that another process published for this root, signed again: its record says all that is in it. If a revocation came after that, the next
    /// list is published. So what several services of a root hand out, and what commands revoke beside them, comes together.
    /// </summary>
    /// <param name="key">The root's key.</param>
    /// <param name="known">The list that this process has.</param>
    /// <param name="validity">From now to the next update of a list that is published.</param>
    /// <returns>The list that counts now: <paramref name="known"/> if there is no newer one.</returns>
    public RevocationList FollowRevocations(RootKey key, RevocationList known, TimeSpan validity)
    {
        RevocationList newest;
        int revoked;
        using (IInventoryTransaction transaction = _store.BeginRead())
        {
            List<RevocationRecord> revocations = OwnRevocations(transaction);
            LogWitness witness = Witness(transaction);
            // One reader at a time: a server answers no second question meanwhile.
            RevocationListRecord[] newer = [.. transaction.ReadLists().Where(list => list.Number > known.Number)];
            RevocationListRecord? published = Array.FindLast(newer, list => witness.PublisherOf(list) == _root.SerialNumber);
            newest = published is null ? known : SignAgain(key, published, witness.ExpectPublished(published, revocations));
            revoked = revocations.Count;
        }

        return revoked > newest.Count ? PublishRevocations(key, validity) : newest;
    }

    /// <summary>The number of the log's last entry: nothing changed while it is the same.</summary>
    public long ReadLastNumber()
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        return transaction.ReadHead().Number;
    }

    /// <summary>The newest certificate of a serial.</summary>
    /// <exception cref="InventoryException">There is none.</exception>
    public CertificateRecord Find(string serial)
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        return Find(transaction, serial);
    }

    /// <summary>Tells whether a certificate of that serial was issued.</summary>
    public bool IsIssued(string serial)
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        return transaction.FindRequest(serial) is not null;
    }

    /// <summary>The request that a serial's certificates were made from.</summary>
    /// <exception cref="InventoryException">There is none.</exception>
    public RequestRecord FindRequest(string serial)
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        return transaction.FindRequest(serial) ?? throw Unknown(serial);
    }

    /// <summary>The revocation of a serial, or null.</summary>
    public RevocationRecord? FindRevocation(string serial)
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        return transaction.FindRevocation(serial);
    }

    /// <summary>Certificates in the order they were issued in.</summary>
    public IReadOnlyList<CertificateSummary> List(CertificateQuery query)
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        return transaction.List(query);
    }

    /// <summary>The whole audit log.</summary>
    public IReadOnlyList<AuditEntry> ReadLog()
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        return [.. transaction.ReadEntries()];
    }

    /// <summary>Verifies the log, all signatures, and that log and tables say the same.</summary>
    public AuditReport Verify()
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        return new AuditVerifier(transaction, _root).Run();
    }

    /// <summary>The root whose inventory it is.</summary>
    internal RootCertificate Root => _root;

    /// <summary>The clock of every entry.</summary>
    internal TimeProvider Clock => _clock;

    /// <summary>Who entries name.</summary>
    internal string Actor => _actor;

    /// <summary>The same inventory, with entries that name somebody else.</summary>
    internal Inventory As(string actor) => new(_store, _root, _clock, actor);

    /// <summary>Looks at the log's end, as every change does.</summary>
    /// <exception cref="InventoryException">It is not as it should be.</exception>
    internal void CheckHead()
    {
        using IInventoryTransaction transaction = _store.BeginRead();
        CheckHead(transaction);
    }

    internal IInventoryTransaction BeginRead() => _store.BeginRead();

    internal IInventoryTransaction BeginChange()
    {
        IInventoryTransaction transaction = _store.BeginWrite();
        try
        {
            CheckHead(transaction);
            return transaction;
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    private void CheckHead(IInventoryTransaction transaction)
    {
        if (transaction.ReadLastEntry() is not { } last
            || !last.Head.IsSameAs(transaction.ReadHead())
            || !last.ComputeHash().AsSpan().SequenceEqual(last.Hash.Span)
            || RootChain.Read(transaction, _root).RefusalOf(last) is not null)
        {
            throw new InventoryException(
                InventoryError.Damaged, $"{_store.Name}: the audit log does not end as it should. 'postern root audit --verify' says more.");
        }
    }

    internal CertificateRecord Record(
        IInventoryTransaction transaction, string action, ServerCertificate certificate, RequestRecord request, int generation, RootKey key)
    {
        long entry = transaction.ReadHead().Number + 1;
        CertificateRecord record = CertificateRecord.Of(certificate, generation, RecordText.Now(_clock), _actor, entry);
        Append(transaction, key, record.IssuedAt, action, record.Serial, AuditDetails.Of(record, request));
        transaction.Add(record);
        return record;
    }

    internal RevocationRecord Revoke(IInventoryTransaction transaction, string serial, RevocationReason reason, RootKey key)
    {
        ExpectOwn(Find(transaction, serial));
        ExpectNotRevoked(transaction, serial);
        RevocationRecord record = new(serial, reason, RecordText.Now(_clock), _actor, transaction.ReadHead().Number + 1);
        Append(transaction, key, record.RevokedAt, AuditAction.Revoked, serial, AuditDetails.Of(record));
        transaction.Add(record);
        return record;
    }

    internal void Append(IInventoryTransaction transaction, RootKey key, DateTimeOffset time, string action, string subject, string details)
    {
        AuditEntry entry = AuditEntry.After(transaction.ReadHead(), time, _actor, action, subject, details);
        transaction.Append(entry with { Signer = key.SerialNumber, Signature = AuditSignature.Sign(key, entry.Head) });
    }

    /// <summary>What the log says of rows that somebody is about to act on.</summary>
    internal LogWitness Witness(IInventoryTransaction transaction) => new(transaction, _root, _store.Name);

    private static RevocationList SignAgain(RootKey key, RevocationListRecord record, IEnumerable<RevocationRecord> revocations) =>
        key.SignRevocations(record.Number, revocations.Select(revocation => revocation.ToEntry()), record.IssuedAt, record.NextUpdate);

    private List<RevocationRecord> OwnRevocations(IInventoryTransaction transaction)
    {
        List<RevocationRecord> all = [.. transaction.ReadRevocations()];
        if (transaction.ReadRoots().Count() == 1) return all;
        IEnumerable<CertificateRecord> own = transaction.ReadCertificates().Where(certificate => certificate.RootSerial == _root.SerialNumber);
        HashSet<string> serials = own.Select(certificate => certificate.Serial).ToHashSet(StringComparer.Ordinal);
        return all.FindAll(revocation => serials.Contains(revocation.Serial));
    }

    // A server could not hold both: it tells its certificates apart by the serial.
    private void ExpectOwn(CertificateRecord certificate)
    {
        if (certificate.RootSerial == _root.SerialNumber) return;
        throw new InventoryException(
            InventoryError.OtherRootsCertificate,
            $"{certificate.Serial} was signed by the root {certificate.RootSerial}: give that root's certificate and key. Under another root a server needs a new key.");
    }

    internal static CertificateRecord Find(IInventoryTransaction transaction, string serial) =>
        transaction.FindCertificate(serial) ?? throw Unknown(serial);

    internal static void ExpectNotRevoked(IInventoryTransaction transaction, string serial)
    {
        if (transaction.FindRevocation(serial) is not { } revocation) return;
        throw new InventoryException(
            InventoryError.Revoked, $"{serial} was revoked on {revocation.RevokedAt:u} ({RecordText.Of(revocation.Reason)}).");
    }

    private static InventoryException Unknown(string serial) =>
        new(InventoryError.UnknownSerial, $"No certificate with the serial {serial} is in the inventory.");
}
