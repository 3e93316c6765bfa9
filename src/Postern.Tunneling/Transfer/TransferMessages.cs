using System.Text;
using Postern.Packets;

namespace Postern.Tunneling;

/// <summary>The small messages of a transfer. Parsing takes what follows the first byte, and throws <see cref="FormatException"/>.</summary>
internal static class TransferMessages
{
    private const int MaxTextSize = 255;

    public static byte[] Answer(long offset, ReadOnlySpan<byte> digest)
    {
        byte[] message = new byte[1 + sizeof(ulong) + FileOffer.DigestSize];
        WireWriter writer = new(message);
        writer.Byte((byte)TransferMessage.Answer);
        writer.UInt64((ulong)offset);
        writer.Bytes(digest);
        writer.ExpectEnd();
        return message;
    }

    public static (ulong Offset, byte[] Digest) ParseAnswer(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        ulong offset = reader.UInt64();
        byte[] digest = reader.Bytes(FileOffer.DigestSize).ToArray();
        reader.ExpectEnd();
        return (offset, digest);
    }

    public static byte[] Begin(long offset)
    {
        byte[] message = new byte[1 + sizeof(ulong)];
        WireWriter writer = new(message);
        writer.Byte((byte)TransferMessage.Begin);
        writer.UInt64((ulong)offset);
        writer.ExpectEnd();
        return message;
    }

    public static ulong ParseBegin(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        ulong offset = reader.UInt64();
        reader.ExpectEnd();
        return offset;
    }

    public static byte[] Failure(TransferError error, string text)
    {
        byte[] words = new byte[MaxTextSize];

        // Cuts between characters, never inside one.
        Encoding.UTF8.GetEncoder().Convert(text, words, flush: true, out _, out int size, out _);
        byte[] message = new byte[3 + size];
        WireWriter writer = new(message);
        writer.Byte((byte)TransferMessage.Failure);
        writer.Byte((byte)error);
        writer.Byte((byte)size);
        writer.Bytes(words.AsSpan(0, size));
        writer.ExpectEnd();
        return message;
    }

    /// <summary>What the peer said, as an exception. Its words may steer no terminal.</summary>
    public static TransferException ParseFailure(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        TransferError error = (TransferError)reader.Byte();
        string text = Encoding.UTF8.GetString(reader.Bytes(reader.Byte()));
        reader.ExpectEnd();
        if (!Enum.IsDefined(error)) error = TransferError.Other;
        return new TransferException(error, $"The peer gave up: {ForeignText.Printable(text)}") { IsFromPeer = true };
    }
}
