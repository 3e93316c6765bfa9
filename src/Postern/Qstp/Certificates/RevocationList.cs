using System.Buffers.Binary;
using Postern.Packets;
using Postern.Storage;

namespace Postern.Qstp.Certificates;

/// <summary>
/// A root's list of revoked serials as a file says it: nobody has verified it. <see cref="RootCertificate.Verify(RevocationList, VerificationPolicy?)"/>
/// does, and gives what serials are looked up in. (docs/revocation.md)
/// </summary>
public sealed class RevocationList
{
    /// <summary>Most entries of a list.</summary>
    public const int MaxEntries = 1_000_000;

    /// <summary>Size in bytes of the largest list: with all entries and the longest signature.</summary>
    public const int MaxSize = RevocationListBody.HeaderSize + (MaxEntries * RevocationListBody.EntrySize) + LargestSignature;

    private const int LargestSignature = 29_792;

    private readonly byte[] _data;
    private readonly int _bodySize;

    private RevocationList(byte[] data, Suite suite, ref WireReader header)
    {
        _data = data;
        Suite = suite;
        Number = Positive(header.UInt64());
        IssuedAt = Date(header.UInt64());
        NextUpdate = Date(header.UInt64());
        Count = BinaryPrimitives.ReadInt32LittleEndian(header.Bytes(sizeof(int)));
        _bodySize = data.Length - suite.Signature.SignatureSize;
    }

    /// <summary>The root's configuration set.</summary>
    public Suite Suite { get; }

    /// <summary>The serial of the root, as upper-case hexadecimal digits.</summary>
    public string RootSerialNumber => Convert.ToHexString(RootSerial);

    /// <summary>Grows with each list that the root publishes; 1 or more.</summary>
    public long Number { get; }

    /// <summary>When it was signed.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>By when another one is there. After it this one is stale.</summary>
    public DateTimeOffset NextUpdate { get; }

    /// <summary>How many serials are revoked.</summary>
    public int Count { get; }

    internal ReadOnlySpan<byte> RootSerial => _data.AsSpan(RevocationListBody.Purpose.Length, QstpProtocol.SerialSize);

    /// <summary>All but the signature.</summary>
    internal ReadOnlySpan<byte> Body => _data.AsSpan(0, _bodySize);

    internal ReadOnlySpan<byte> Signature => _data.AsSpan(_bodySize);

    internal ReadOnlySpan<byte> Bytes => _data;

    /// <summary>Tells whether <paramref name="data"/> begins as a revocation list does.</summary>
    public static bool IsList(ReadOnlySpan<byte> data) => data.StartsWith(RevocationListBody.Purpose);

    /// <summary>Reads the binary form, which is the only one that says the same: the entries ascend, and nothing follows the signature.</summary>
    /// <exception cref="FormatException">The bytes are no revocation list.</exception>
    public static RevocationList Parse(ReadOnlySpan<byte> data)
    {
        if (!IsList(data)) throw new FormatException("This is no revocation list: it does not begin as one.");
        if (data.Length > MaxSize) throw new FormatException($"A revocation list has at most {MaxSize} bytes, not {data.Length}.");
        WireReader header = new(data);
        header.Bytes(RevocationListBody.Purpose.Length + QstpProtocol.SerialSize);
        byte id = header.Byte();
        Suite suite = QstpSuites.FromId(id) ?? throw new FormatException($"The revocation list is of the configuration set {id}, which is not known.");
        ExpectSize(data, suite);
        RevocationList list = new(data.ToArray(), suite, ref header);
        list.ExpectOrder();
        return list;
    }

    /// <summary>The binary form.</summary>
    public byte[] ToBytes() => [.. _data];

    /// <summary>The entries, by serial, for people to look at: whether a root said so, only verification tells.</summary>
    public IEnumerable<RevocationEntry> ReadUnverifiedEntries()
    {
        for (int i = 0; i < Count; i++) yield return RevocationListBody.ReadEntry(Body, i);
    }

    internal static RevocationList Create(ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature) => Parse([.. body, .. signature]);

    // The count is looked at before it is multiplied, and the size before anything is copied.
    private static void ExpectSize(ReadOnlySpan<byte> data, Suite suite)
    {
        if (data.Length < RevocationListBody.HeaderSize) throw new FormatException($"{data.Length} bytes are no revocation list: it has {RevocationListBody.HeaderSize} before its entries.");
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(data[(RevocationListBody.HeaderSize - sizeof(uint))..]);
        if (count > MaxEntries) throw new FormatException($"A revocation list has at most {MaxEntries} entries, not {count}.");
        int size = RevocationListBody.HeaderSize + ((int)count * RevocationListBody.EntrySize) + suite.Signature.SignatureSize;
        if (data.Length != size) throw new FormatException($"A revocation list of set {suite.Id} with {count} entries has {size} bytes, not {data.Length}.");
    }

    private static long Positive(ulong number) =>
        number is > 0 and <= long.MaxValue ? (long)number : throw new FormatException($"A revocation list's number is 1 or more, not {number}.");

    private static DateTimeOffset Date(ulong seconds) =>
        seconds <= UnixTime.LastSecond ? UnixTime.ToDate(seconds) : throw new FormatException($"The revocation list has a date that does not exist: {seconds}.");

    private void ExpectOrder()
    {
        if (NextUpdate <= IssuedAt) throw new FormatException("The revocation list's next update is not after its own date.");
        for (int i = 0; i < Count; i++)
        {
            RevocationEntry entry = RevocationListBody.ReadEntry(Body, i);
            Date(entry.RevokedAtSeconds);
            if (i > 0 && entry.Serial <= RevocationListBody.ReadSerial(Body, i - 1)) throw new FormatException($"The revocation list's serials do not ascend: entry {i + 1}.");
        }
    }
}
