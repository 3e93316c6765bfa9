using System.Text;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.Cli.Inspection;

/// <summary>The parts of a handshake packet's body, in order. (QSTP §6, QSMP §2, §3)</summary>
internal static class BodyLayout
{
    private const int ShownBytes = 32;

    /// <summary>Names and sizes; null if they depend on a set that is not known.</summary>
    public static IReadOnlyList<(string Name, int Size)>? Of(WireProtocol protocol, byte flag, Suite? suite)
    {
        if (flag == QstpProtocol.ConnectRequestFlag) return ConnectRequest(protocol, suite);
        if (flag is QsmpProtocol.EstablishRequestFlag or QsmpProtocol.EstablishResponseFlag) return Sealed(protocol, protocol.HashSize);
        if (flag == QstpProtocol.ExchangeResponseFlag && !protocol.IsDuplex)
        {
            return protocol == WireProtocol.Qstp ? [("transcript hash", protocol.HashSize)] : Sealed(protocol, protocol.HashSize);
        }

        if (suite is null) return null;
        (string, int) publicKey = ("ephemeral KEM public key", suite.Kem.PublicKeySize);
        (string, int) ciphertext = ("KEM ciphertext", suite.Kem.CiphertextSize);
        return flag switch
        {
            QstpProtocol.ConnectResponseFlag => [.. Signed(protocol, suite), publicKey],
            QstpProtocol.ExchangeRequestFlag when protocol.IsDuplex => [ciphertext, publicKey, .. Signed(protocol, suite)],
            QstpProtocol.ExchangeRequestFlag => [ciphertext],
            QstpProtocol.ExchangeResponseFlag => [ciphertext, .. Signed(protocol, suite)],
            _ => null,
        };
    }

    public static IReadOnlyList<(string Name, int Size)> Sealed(WireProtocol protocol, int size) => [("ciphertext", size), ("tag", protocol.TagSize)];

    /// <summary>The parts of a body; one that is cut off, and all behind it, is left out.</summary>
    public static List<PacketField> Split(ReadOnlySpan<byte> body, IReadOnlyList<(string Name, int Size)> parts)
    {
        List<PacketField> fields = [];
        int offset = 0;
        foreach ((string name, int size) in parts)
        {
            if (body.Length - offset < size) break;
            fields.Add(new PacketField(name, PacketHeader.Size + offset, size, ValueOf(name, body.Slice(offset, size))));
            offset += size;
        }

        return fields;
    }

    private static (string, int)[]? ConnectRequest(WireProtocol protocol, Suite? suite)
    {
        if (protocol == WireProtocol.Qstp) return [("serial of the server's certificate", QstpProtocol.SerialSize), ("configuration", QstpProtocol.ConfigurationFieldSize)];
        (string, int)[] start = [("key identity of the responder", QsmpProtocol.KeyIdentitySize), ("configuration", QsmpProtocol.ConfigurationFieldSize)];
        if (!protocol.IsDuplex) return start;
        return suite is null ? null : [.. start, .. Signed(protocol, suite)];
    }

    private static (string, int)[] Signed(WireProtocol protocol, Suite suite) => [("signature", suite.Signature.SignatureSize), ("signed hash", protocol.HashSize)];

    private static string ValueOf(string name, ReadOnlySpan<byte> bytes)
    {
        if (name == "configuration") return Encoding.ASCII.GetString(bytes.TrimEnd((byte)0));
        string hex = Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, ShownBytes)]);
        return bytes.Length > ShownBytes ? hex + "..." : hex;
    }
}
