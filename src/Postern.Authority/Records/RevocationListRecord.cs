using Postern.Qstp.Certificates;

namespace Postern.Authority.Records;

/// <summary>A revocation list that was published. Its entries are the revocations recorded before it.</summary>
/// <param name="Number">The list's number.</param>
/// <param name="IssuedAt">Its date.</param>
/// <param name="NextUpdate">By when the next one is to be there.</param>
/// <param name="Count">How many entries it has.</param>
/// <param name="Digest">SHA3-256 of what was signed, in hexadecimal digits.</param>
/// <param name="PublishedBy">The account that ran the command.</param>
/// <param name="Entry">Number of the audit entry that recorded it.</param>
internal sealed record RevocationListRecord(
    long Number, DateTimeOffset IssuedAt, DateTimeOffset NextUpdate, int Count, string Digest, string PublishedBy, long Entry)
{
    public static RevocationListRecord Of(RevocationList list, string actor, long entry) =>
        new(list.Number, list.IssuedAt, list.NextUpdate, list.Count, RecordText.Digest(list.Body), actor, entry);

    /// <summary>Tells whether this list says what is recorded.</summary>
    /// <param name="root">The root that signed it.</param>
    /// <param name="revocations">The revocations recorded before it.</param>
    public bool IsOf(RootCertificate root, IReadOnlyList<RevocationRecord> revocations)
    {
        try
        {
            IEnumerable<RevocationEntry> entries = revocations.Select(revocation => revocation.ToEntry());
            return Count == revocations.Count
                && RecordText.Digest(RevocationListBody.Write(root.Suite, root.Serial, Number, entries, IssuedAt, NextUpdate)) == Digest;
        }
        catch (ArgumentException)
        {
            // No list can say what is in the rows.
            return false;
        }
    }
}
