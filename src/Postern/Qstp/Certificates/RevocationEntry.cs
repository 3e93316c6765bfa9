using System.Buffers.Binary;
using Postern.Storage;

namespace Postern.Qstp.Certificates;

/// <summary>A revoked serial, with all of its renewals. (docs/revocation.md)</summary>
public readonly record struct RevocationEntry
{
    /// <summary>An entry for a new list.</summary>
    /// <param name="serialNumber">The certificate's serial, 32 hexadecimal digits.</param>
    /// <param name="revokedAt">When; whole seconds count.</param>
    /// <param name="reason">Why.</param>
    /// <exception cref="ArgumentException">It is no serial, or no reason.</exception>
    public RevocationEntry(string serialNumber, DateTimeOffset revokedAt, RevocationReason reason)
        : this(ParseSerial(serialNumber), UnixTime.ToSeconds(revokedAt), (byte)OptionCheck.Defined(reason))
    {
    }

    internal RevocationEntry(UInt128 serial, ulong revokedAtSeconds, byte reasonCode)
    {
        Serial = serial;
        RevokedAtSeconds = revokedAtSeconds;
        ReasonCode = reasonCode;
    }

    /// <summary>The serial, as upper-case hexadecimal digits.</summary>
    public string SerialNumber => Serial.ToString("X32");

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset RevokedAt => UnixTime.ToDate(RevokedAtSeconds);

    /// <summary>Why it was revoked. A newer publisher may have reasons that this version has no name for.</summary>
    public RevocationReason Reason => (RevocationReason)ReasonCode;

    /// <summary>The reason in words, such as "key-compromise".</summary>
    public string ReasonName => RevocationReasonText.Of(Reason);

    /// <summary>The serial's 16 bytes as a big-endian number, which orders as the bytes do.</summary>
    internal UInt128 Serial { get; }

    internal ulong RevokedAtSeconds { get; }

    internal byte ReasonCode { get; }

    internal static UInt128 SerialOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);

    internal static UInt128 ParseSerial(string serialNumber)
    {
        ArgumentNullException.ThrowIfNull(serialNumber);
        if (serialNumber.Length == 2 * QstpProtocol.SerialSize && serialNumber.All(char.IsAsciiHexDigit)) return SerialOf(Convert.FromHexString(serialNumber));
        throw new ArgumentException($"'{serialNumber}' is no serial: 32 hexadecimal digits.", nameof(serialNumber));
    }
}
