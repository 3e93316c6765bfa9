using System.Buffers.Binary;
using Postern.Packets;
using Postern.Storage;

namespace Postern.Qstp.Certificates;

/// <summary>What the root signs of a revocation list: everything before the signature. (docs/revocation.md)</summary>
internal static class RevocationListBody
{
    public const int HeaderSize = 71;
    public const int EntrySize = QstpProtocol.SerialSize + 9;

    /// <summary>
    /// The message begins with its purpose: the root signs certificates by a bare hash of 32 bytes, and what it signs of its audit log
    /// begins with the length of another purpose.
    /// </summary>
    public static ReadOnlySpan<byte> Purpose => "Postern revocation list v1"u8;

    /// <summary>The unsigned list.</summary>
    /// <exception cref="ArgumentException">A value is outside what a list can say.</exception>
    public static byte[] Write(
        Suite suite, ReadOnlySpan<byte> rootSerial, long number, IEnumerable<RevocationEntry> entries, DateTimeOffset issuedAt, DateTimeOffset nextUpdate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number);
        RevocationEntry[] sorted = [.. entries.OrderBy(entry => entry.Serial)];
        if (sorted.Length > RevocationList.MaxEntries)
        {
            throw new ArgumentException($"A list has at most {RevocationList.MaxEntries} entries, not {sorted.Length}.", nameof(entries));
        }

        (ulong issued, ulong next) = (UnixTime.ToSeconds(issuedAt), UnixTime.ToSeconds(nextUpdate));
        if (next <= issued) throw new ArgumentException($"The next update ({nextUpdate:u}) is not after the list's own date ({issuedAt:u}).", nameof(nextUpdate));
        byte[] body = new byte[HeaderSize + (sorted.Length * EntrySize)];
        WireWriter writer = new(body);
        writer.Bytes(Purpose);
        writer.Bytes(rootSerial);
        writer.Byte(suite.Id);
        writer.UInt64((ulong)number);
        writer.UInt64(issued);
        writer.UInt64(next);
        BinaryPrimitives.WriteUInt32LittleEndian(writer.Reserve(sizeof(uint)), (uint)sorted.Length);
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i].Serial == sorted[i - 1].Serial) throw new ArgumentException($"{sorted[i].SerialNumber} is there twice.", nameof(entries));
            Write(ref writer, sorted[i]);
        }

        writer.ExpectEnd();
        return body;
    }

    /// <summary>An entry of a body.</summary>
    public static RevocationEntry ReadEntry(ReadOnlySpan<byte> body, int index)
    {
        WireReader reader = new(body.Slice(HeaderSize + (index * EntrySize), EntrySize));
        return new RevocationEntry(RevocationEntry.SerialOf(reader.Bytes(QstpProtocol.SerialSize)), reader.UInt64(), reader.Byte());
    }

    /// <summary>The serial alone, for searches.</summary>
    public static UInt128 ReadSerial(ReadOnlySpan<byte> body, int index) =>
        RevocationEntry.SerialOf(body.Slice(HeaderSize + (index * EntrySize), QstpProtocol.SerialSize));

    private static void Write(ref WireWriter writer, in RevocationEntry entry)
    {
        BinaryPrimitives.WriteUInt128BigEndian(writer.Reserve(QstpProtocol.SerialSize), entry.Serial);
        writer.UInt64(entry.RevokedAtSeconds);
        writer.Byte(entry.ReasonCode);
    }
}
