namespace Postern.Qstp.Certificates;

/// <summary>
/// A revocation list that its root signed: only <see cref="RootCertificate.Verify(RevocationList, VerificationPolicy?)"/> makes one. Whether
/// it is the newest, and not stale, is for its holder to know.
/// </summary>
public sealed class VerifiedRevocationList
{
    private readonly RevocationList _list;

    internal VerifiedRevocationList(RevocationList list) => _list = list;

    /// <inheritdoc cref="RevocationList.RootSerialNumber"/>
    public string RootSerialNumber => _list.RootSerialNumber;

    /// <inheritdoc cref="RevocationList.Number"/>
    public long Number => _list.Number;

    /// <inheritdoc cref="RevocationList.IssuedAt"/>
    public DateTimeOffset IssuedAt => _list.IssuedAt;

    /// <inheritdoc cref="RevocationList.NextUpdate"/>
    public DateTimeOffset NextUpdate => _list.NextUpdate;

    /// <inheritdoc cref="RevocationList.Count"/>
    public int Count => _list.Count;

    /// <summary>The entries, by serial.</summary>
    public IEnumerable<RevocationEntry> Entries => _list.ReadUnverifiedEntries();

    internal ReadOnlySpan<byte> Body => _list.Body;

    internal ReadOnlySpan<byte> Bytes => _list.Bytes;

    /// <summary>The revocation of a serial of 32 hexadecimal digits, or null.</summary>
    /// <exception cref="ArgumentException">It is no serial.</exception>
    public RevocationEntry? Find(string serialNumber) => Find(RevocationEntry.ParseSerial(serialNumber));

    // By halves: the serials ascend. Nothing is allocated.
    internal RevocationEntry? Find(UInt128 serial)
    {
        ReadOnlySpan<byte> body = _list.Body;
        (int low, int high) = (0, _list.Count - 1);
        while (low <= high)
        {
            int middle = low + ((high - low) / 2);
            UInt128 found = RevocationListBody.ReadSerial(body, middle);
            if (found == serial) return RevocationListBody.ReadEntry(body, middle);
            if (found < serial) low = middle + 1;
            else high = middle - 1;
        }

        return null;
    }
}
