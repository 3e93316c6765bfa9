using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Unicode;
using Postern.Packets;

namespace Postern.Tunneling;

/// <summary>The frames of streams in one tunnel, each a message of the channel. Parsing takes a whole frame, and throws <see cref="FormatException"/>.</summary>
internal static class StreamFrames
{
    /// <summary>Kind and stream.</summary>
    public const int HeaderSize = 1 + sizeof(uint);

    /// <summary>Longest target, in bytes of UTF-8.</summary>
    public const int MaxTargetSize = 1024;

    private const byte Version = 1;
    private const int MaxTextSize = 255;

    // The longest address with a scope: fe80:…%4294967295, brackets and port.
    private const int MaxAddressSize = 80;

    private static ReadOnlySpan<byte> Magic => "PSMX"u8;

    /// <summary>The header before <paramref name="frame"/>'s body.</summary>
    public static void WriteHeader(Span<byte> frame, StreamFrame kind, uint stream)
    {
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[1..], stream);
    }

    public static (StreamFrame Kind, uint Stream) ReadHeader(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < HeaderSize) throw new FormatException("A frame is shorter than its header.");
        return ((StreamFrame)frame[0], BinaryPrimitives.ReadUInt32LittleEndian(frame[1..]));
    }

    public static byte[] Hello(uint maxStreams, uint window)
    {
        byte[] frame = Of(StreamFrame.Hello, 0, Magic.Length + 1 + (2 * sizeof(uint)));
        WireWriter writer = new(frame.AsSpan(HeaderSize));
        writer.Bytes(Magic);
        writer.Byte(Version);
        writer.UInt32(maxStreams);
        writer.UInt32(window);
        writer.ExpectEnd();
        return frame;
    }

    public static (uint MaxStreams, uint Window) ParseHello(ReadOnlySpan<byte> frame)
    {
        (StreamFrame kind, uint stream) = ReadHeader(frame);
        WireReader reader = new(frame[HeaderSize..]);
        if (kind != StreamFrame.Hello || stream != 0 || !reader.Bytes(Magic.Length).SequenceEqual(Magic)) throw new FormatException("It does not begin with the greeting of a tunnel with many streams: both ends need --multiplex, or none.");
        if (reader.Byte() is not Version and byte version) throw new FormatException($"It speaks version {version}, not {Version}.");
        (uint maxStreams, uint window) = (reader.UInt32(), reader.UInt32());
        reader.ExpectEnd();
        return (maxStreams, window);
    }

    public static byte[] Open(uint stream, string target, IPEndPoint? source)
    {
        byte[] targetText = Encoding.UTF8.GetBytes(target);
        byte[] sourceText = Encoding.ASCII.GetBytes(source?.ToString() ?? string.Empty);
        byte[] frame = Of(StreamFrame.Open, stream, (2 * sizeof(ushort)) + targetText.Length + sourceText.Length);
        WireWriter writer = new(frame.AsSpan(HeaderSize));
        writer.UInt16((ushort)targetText.Length);
        writer.Bytes(targetText);
        writer.UInt16((ushort)sourceText.Length);
        writer.Bytes(sourceText);
        writer.ExpectEnd();
        return frame;
    }

    public static (string Target, IPEndPoint? Source) ParseOpen(ReadOnlySpan<byte> frame)
    {
        WireReader reader = new(frame[HeaderSize..]);
        string target = Text(ref reader, MaxTargetSize);
        string source = Text(ref reader, MaxAddressSize);
        reader.ExpectEnd();
        if (source.Length == 0) return (target, null);
        return (target, IPEndPoint.TryParse(source, out IPEndPoint? endPoint) ? endPoint : throw new FormatException("A stream's source is no address."));
    }

    public static byte[] Refuse(uint stream, StreamRefusal reason, string text)
    {
        byte[] textBytes = Encoding.UTF8.GetBytes(text);
        int size = Math.Min(textBytes.Length, MaxTextSize);
        byte[] frame = Of(StreamFrame.Refuse, stream, 1 + size);
        frame[HeaderSize] = (byte)reason;
        textBytes.AsSpan(0, size).CopyTo(frame.AsSpan(HeaderSize + 1));
        return frame;
    }

    /// <summary>What a refusal says. Its text is the peer's, made printable.</summary>
    public static (StreamRefusal Reason, string Text) ParseRefuse(ReadOnlySpan<byte> frame)
    {
        WireReader reader = new(frame[HeaderSize..]);
        StreamRefusal reason = (StreamRefusal)reader.Byte();
        ReadOnlySpan<byte> text = frame[(HeaderSize + 1)..];
        if (text.Length > MaxTextSize) throw new FormatException("The text of a refusal is too long.");
        return (Enum.IsDefined(reason) ? reason : StreamRefusal.Other, ForeignText.Printable(Encoding.UTF8.GetString(text)));
    }

    public static byte[] Credit(uint stream, uint size)
    {
        byte[] frame = Of(StreamFrame.Credit, stream, sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(HeaderSize), size);
        return frame;
    }

    public static uint ParseCredit(ReadOnlySpan<byte> frame)
    {
        WireReader reader = new(frame[HeaderSize..]);
        uint size = reader.UInt32();
        reader.ExpectEnd();
        return size > 0 ? size : throw new FormatException("A credit of nothing.");
    }

    /// <summary>A frame without a body.</summary>
    public static byte[] Bare(StreamFrame kind, uint stream) => Of(kind, stream, 0);

    public static void ExpectBare(ReadOnlySpan<byte> frame)
    {
        if (frame.Length != HeaderSize) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"A frame of kind {frame[0]} has a body."));
    }

    private static byte[] Of(StreamFrame kind, uint stream, int bodySize)
    {
        byte[] frame = new byte[HeaderSize + bodySize];
        WriteHeader(frame, kind, stream);
        return frame;
    }

    private static string Text(ref WireReader reader, int maxSize)
    {
        int size = reader.UInt16();
        if (size > maxSize) throw new FormatException($"A text of {size} bytes, where {maxSize} is the most.");
        ReadOnlySpan<byte> bytes = reader.Bytes(size);
        string text = Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new FormatException("A text that is not UTF-8.");
        return ForeignText.IsPrintable(text) ? text : throw new FormatException("A text with characters that are not seen.");
    }
}
