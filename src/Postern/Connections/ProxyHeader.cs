using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Postern.Connections;

/// <summary>
/// The header of the PROXY protocol, version 2, with which a balancer says before the first byte whose connection it passes on. (haproxy's
/// proxy-protocol.txt, 2.2)
/// </summary>
internal static class ProxyHeader
{
    /// <summary>Signature, command, family and length.</summary>
    public const int HeadSize = 16;

    // Far more than addresses and what balancers say beside them.
    private const int MaxBodySize = 2048;

    private const byte Local = 0x20;
    private const byte Proxy = 0x21;
    private const byte Unspecified = 0x00;
    private const byte TcpOverIPv4 = 0x11;
    private const byte TcpOverIPv6 = 0x21;
    private const int IPv4Size = 12;
    private const int IPv6Size = 36;

    // Of the types that the protocol leaves to applications.
    private const byte FingerprintType = 0xE0;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>How much follows the first <see cref="HeadSize"/> bytes.</summary>
    /// <exception cref="FormatException">They are no header's.</exception>
    public static int BodySize(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith(Signature)) throw new FormatException("It does not begin with a header of the PROXY protocol, version 2.");
        if (head[12] is not (Local or Proxy)) throw new FormatException($"The PROXY header's version and command are 0x{head[12]:X2}.");
        int size = BinaryPrimitives.ReadUInt16BigEndian(head[14..]);
        return size <= MaxBodySize ? size : throw new FormatException($"The PROXY header has {size} bytes, where {MaxBodySize} is the most.");
    }

    /// <summary>Whose connection it is; null if it is the balancer's own, or the header does not say.</summary>
    /// <exception cref="FormatException">The addresses do not fit into the header.</exception>
    public static IPEndPoint? Parse(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        if (head[12] == Local) return null;
        return head[13] switch
        {
            TcpOverIPv4 when body.Length >= IPv4Size => new IPEndPoint(new IPAddress(body[..4]), BinaryPrimitives.ReadUInt16BigEndian(body[8..])),
            TcpOverIPv6 when body.Length >= IPv6Size => new IPEndPoint(new IPAddress(body[..16]), BinaryPrimitives.ReadUInt16BigEndian(body[32..])),
            TcpOverIPv4 or TcpOverIPv6 => throw new FormatException($"The PROXY header's addresses have {body.Length} bytes."),
            _ => null,
        };
    }

    /// <summary>Reads a header from the beginning of a connection.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    /// <exception cref="IOException">The connection ended before, or failed.</exception>
    public static async Task<IPEndPoint?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] head = new byte[HeadSize];
        await stream.ReadExactlyAsync(head, cancellationToken).ConfigureAwait(false);
        byte[] body = new byte[BodySize(head)];
        await stream.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
        return Parse(head, body);
    }

    /// <summary>The header for a connection from <paramref name="source"/> to <paramref name="destination"/>.</summary>
    /// <param name="source">Whose it is; null if nobody knows.</param>
    /// <param name="destination">Where it arrived; null if nobody knows.</param>
    /// <param name="fingerprint">Of the key that the peer proved to have, in a field of type 0xE0; null if it proved none.</param>
    public static byte[] Create(IPEndPoint? source, IPEndPoint? destination, string? fingerprint)
    {
        byte[] field = fingerprint is null ? [] : [FingerprintType, 0, (byte)fingerprint.Length, .. System.Text.Encoding.ASCII.GetBytes(fingerprint)];
        byte[] addresses = Addresses(source, destination);
        byte family = addresses.Length switch
        {
            IPv4Size => TcpOverIPv4,
            IPv6Size => TcpOverIPv6,
            _ => Unspecified,
        };
        byte[] header = new byte[HeadSize + addresses.Length + field.Length];
        Signature.CopyTo(header);
        header[12] = Proxy;
        header[13] = family;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)(addresses.Length + field.Length));
        addresses.CopyTo(header.AsSpan(HeadSize));
        field.CopyTo(header.AsSpan(HeadSize + addresses.Length));
        return header;
    }

    // Both of one family: an IPv4 address beside an IPv6 one is written as ::ffff:…
    private static byte[] Addresses(IPEndPoint? source, IPEndPoint? destination)
    {
        if (source is null || destination is null) return [];
        (IPAddress from, IPAddress to) = (Plain(source.Address), Plain(destination.Address));
        if (from.AddressFamily != to.AddressFamily) (from, to) = (from.MapToIPv6(), to.MapToIPv6());
        byte[] ports = new byte[2 * sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(ports, (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(ports.AsSpan(sizeof(ushort)), (ushort)destination.Port);
        return [.. from.GetAddressBytes(), .. to.GetAddressBytes(), .. ports];
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
