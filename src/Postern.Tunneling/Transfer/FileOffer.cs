using System.Security.Cryptography;
using Postern.Packets;

namespace Postern.Tunneling;

/// <summary>The OFFER message: what the sender has. (docs/wire-extensions.md, file transfer)</summary>
/// <param name="Name">A name that <see cref="TransferName"/> takes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Digest">SHA-256 of the whole file.</param>
/// <param name="Modified">When it was last written; null if that is not known.</param>
internal sealed record FileOffer(string Name, long Size, byte[] Digest, DateTimeOffset? Modified)
{
    public const int DigestSize = SHA256.HashSizeInBytes;

    private const byte Version = 1;
    private const int FixedSize = 1 + 4 + 1 + 8 + DigestSize + 8 + 1;

    // The year 9999 ends here; 0 stands for an unknown time.
    private const ulong LatestTime = 253_402_300_799_999;

    private static ReadOnlySpan<byte> Magic => "PSFT"u8;

    public byte[] ToMessage()
    {
        byte[] name = TransferName.ToBytes(Name);
        byte[] message = new byte[FixedSize + name.Length];
        WireWriter writer = new(message);
        writer.Byte((byte)TransferMessage.Offer);
        writer.Bytes(Magic);
        writer.Byte(Version);
        writer.UInt64((ulong)Size);
        writer.Bytes(Digest);
        writer.UInt64(Modified is { } time && time > DateTimeOffset.UnixEpoch ? (ulong)time.ToUnixTimeMilliseconds() : 0);
        writer.Byte((byte)name.Length);
        writer.Bytes(name);
        writer.ExpectEnd();
        return message;
    }

    /// <summary>Reads what follows the first byte.</summary>
    /// <exception cref="TransferException">It is another version, or its name is refused.</exception>
    /// <exception cref="FormatException">It is malformed.</exception>
    public static FileOffer Parse(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        if (!reader.Bytes(Magic.Length).SequenceEqual(Magic)) throw new FormatException("It is no offer of a file.");
        byte version = reader.Byte();
        if (version != Version) throw new TransferException(TransferError.OtherVersion, $"The sender uses version {version} of the protocol, this side {Version}.");
        ulong size = reader.UInt64();
        if (size > long.MaxValue) throw new FormatException("Its size is beyond every file's.");
        byte[] digest = reader.Bytes(DigestSize).ToArray();
        ulong time = reader.UInt64();
        if (time > LatestTime) throw new FormatException("Its time is after the year 9999.");
        ReadOnlySpan<byte> name = reader.Bytes(reader.Byte());
        reader.ExpectEnd();
        return new FileOffer(TransferName.Parse(name), (long)size, digest, time == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)time));
    }
}
