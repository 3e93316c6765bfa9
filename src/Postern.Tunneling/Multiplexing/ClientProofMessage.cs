using System.Text;
using Postern.Packets;

namespace Postern.Tunneling;

/// <summary>
/// What a client signs to prove who it is inside a tunnel: a purpose, the server's challenge, and the server's name, so that a server that is challenged itself
/// cannot pass the challenge on. It is longer than the 64 bytes that the same key signs in a handshake of DUPLEX, so neither can stand for the other.
/// </summary>
internal static class ClientProofMessage
{
    public const int ChallengeSize = 32;

    private static ReadOnlySpan<byte> Purpose => "Postern proof of a client in a tunnel, version 1"u8;

    public static byte[] Create(ReadOnlySpan<byte> challenge, string serverName, ReadOnlySpan<byte> keyIdentity)
    {
        byte[] name = Encoding.UTF8.GetBytes(serverName.ToUpperInvariant());
        byte[] message = new byte[Purpose.Length + ChallengeSize + sizeof(ushort) + name.Length + keyIdentity.Length];
        WireWriter writer = new(message);
        writer.Bytes(Purpose);
        writer.Bytes(challenge);
        writer.UInt16((ushort)name.Length);
        writer.Bytes(name);
        writer.Bytes(keyIdentity);
        writer.ExpectEnd();
        return message;
    }
}
